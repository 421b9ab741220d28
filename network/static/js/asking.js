/* Asking the server for something while a page is open: the token, the question, and an answer that is not one. */

export const SIGNED_OUT = "You are signed out. Your text is still here: sign in again in another tab, then go on.";

/** An answer that is not what was asked for, with a sentence for the person who writes. */
export class Refusal extends Error {}

const TOKEN = "/contribute/token/";

/** Give every form the token against forgery that is good now: who signed in again in another tab has a new one. */
async function renew() {
  const answer = await fetch(TOKEN, { redirect: "manual" }).catch(() => undefined);
  if (!answer?.ok) return false;
  const token = await answer.text();
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
}

addEventListener("focus", renew);
document.addEventListener("visibilitychange", () => document.hidden || renew());

/** POST to an address, with a new token where the page's is refused. A redirect is not followed: it would lead to the page
 * for signing in. */
export async function send(address, fields, form, options = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const ask = () => {
    const headers = { "X-CSRFToken": form?.elements.csrfmiddlewaretoken?.value ?? "" };
    return fetch(address, { method: "POST", body, headers, redirect: "manual", ...options });
  };
  const answer = await ask();
  return answer.status === 403 && (await renew()) ? ask() : answer;
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
