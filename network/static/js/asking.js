/* Asking the server for something while a page is open: the token, the question, and an answer that is not one. */

export const SIGNED_OUT = "You are signed out. Your text is still here: sign in again in another tab, then go on.";

/** An answer that is not what was asked for, with a sentence for the person who writes. */
export class Refusal extends Error {}

const TOKEN = "/contribute/token/";

let renewing; // while a new token is on its way

/** Give every form the token against forgery that is good now: who signed in again in another tab has a new one. Returns
 * what the site answered, or nothing. */
function renew() {
  renewing ??= renewed().finally(() => (renewing = undefined));
  return renewing;
}

async function renewed() {
  const answer = await fetch(TOKEN, { redirect: "manual", signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  if (!answer?.ok) return answer;
  const token = await answer.text();
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  return answer;
}

addEventListener("focus", renew);
document.addEventListener("visibilitychange", () => document.hidden || renew());

/* A form that is sent meanwhile waits for the token, before anything else hears of it. */
const waiting = new WeakSet();
addEventListener("submit", (event) => {
  if (!renewing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target: form, submitter } = event;
  if (waiting.has(form)) return;
  waiting.add(form);
  renewing.finally(() => {
    waiting.delete(form);
    form.requestSubmit(submitter);
  });
}, true);

/** POST to an address, with a new token where the page's is refused; who has signed out meanwhile is told so by a 401. A
 * redirect is not followed: it would lead to the page for signing in. */
export async function send(address, fields, form, options = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const ask = () => {
    const headers = { "X-CSRFToken": form?.elements.csrfmiddlewaretoken?.value ?? "" };
    return fetch(address, { method: "POST", body, headers, redirect: "manual", ...options });
  };
  const answer = await ask();
  if (answer.status !== 403) return answer;
  const token = await renew();
  if (token?.ok) return ask();
  return token?.status === 401 ? token : answer;
}

/** The words of an answer of the kind that was asked for; anything else becomes a Refusal, never part of the page. */
export async function read(answer, kind, otherwise) {
  const given = answer.headers.get("Content-Type") ?? "";
  if (answer.ok && given.startsWith(kind)) return answer.text();
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) throw new Refusal(SIGNED_OUT);
  if (answer.status === 404) throw new Refusal("The text is not yours to change any more. Copy it before you leave.");
  if (given.startsWith("text/plain")) throw new Refusal(await answer.text());
  if (given.startsWith("application/json")) throw new Refusal((await answer.json()).error ?? otherwise);
  throw new Refusal(otherwise);
}
