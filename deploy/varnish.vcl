# Varnish in front of the site, in the place of the cache that deploy/nginx.conf keeps: nginx (or another) still ends HTTPS
# before it, with `proxy_cache off;`. One proxy more stands in the row then: TRUSTED_PROXIES=2.
#
# A page is asked for again in each second, with its tag, and the application mostly answers 304. Nothing old is ever shown
# instead of something new, or of an error.
vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 0.5s;
    .first_byte_timeout = 30s;
}

sub vcl_recv {
    # What only a proxy may say to gunicorn; a page is kept by its address alone.
    unset req.http.SCRIPT_NAME;
    unset req.http.PATH_INFO;
    # Whoever has signed in is answered by the application alone.
    if (req.http.Authorization || req.http.Cookie ~ "sessionid=") {
        return (pass);
    }
    # What Varnish would do next is to keep nothing for whoever has any cookie. No other one changes a page that is public.
    if (req.method == "GET" || req.method == "HEAD") {
        return (hash);
    }
}

sub vcl_backend_response {
    # Varnish keeps two minutes what says nothing of it; here only what the application calls public.
    if (beresp.http.Cache-Control !~ "public" || beresp.http.Set-Cookie) {
        set beresp.uncacheable = true;
        set beresp.ttl = 120s; # for so long it is remembered that this address is kept for nobody
        return (deliver);
    }
    # It counts from the answer, and the promise is a second from the question.
    if (beresp.ttl > 0.9s && beresp.http.Surrogate-Key == "readers") {
        set beresp.ttl = 0.9s;
    }
    set beresp.grace = 0s;
    set beresp.keep = 1h;
}

sub vcl_backend_error {
    set beresp.http.Content-Type = "text/plain; charset=utf-8";
    set beresp.body = {"The site does not answer just now. Go back: what you wrote is likely still in the form. Try again in a moment; if you had sent something, look first whether it arrived.
"};
    return (deliver);
}

# What the application says on every answer of its own stands on those that Varnish gives by itself.
sub network_guards {
    if (!resp.http.Content-Security-Policy) {
        set resp.http.Content-Security-Policy = "default-src 'none'; frame-ancestors 'none'";
        set resp.http.Strict-Transport-Security = "max-age=31536000";
        set resp.http.X-Content-Type-Options = "nosniff";
        set resp.http.X-Frame-Options = "DENY";
        set resp.http.Referrer-Policy = "strict-origin-when-cross-origin";
        set resp.http.Cross-Origin-Opener-Policy = "same-origin";
        set resp.http.Cross-Origin-Resource-Policy = "same-origin";
        set resp.http.Permissions-Policy = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()";
    }
}

sub vcl_deliver {
    call network_guards;
}

sub vcl_synth {
    call network_guards;
}
