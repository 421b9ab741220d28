/* <confirm-leave> around a form: the browser asks before a page with unsaved changes is left. The attribute `unsaved` says
   that the form already holds something that is not saved, as after a refusal. */

class ConfirmLeave extends HTMLElement {
  connectedCallback() {
    this.isUnsaved = this.hasAttribute("unsaved");
    this.addEventListener("input", this);
    this.addEventListener("submit", this);
    window.addEventListener("beforeunload", this);
    window.addEventListener("pageshow", this);
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this);
    window.removeEventListener("pageshow", this);
  }

  handleEvent(event) {
    if (event.type === "input") this.isUnsaved ||= !event.target.closest("[data-part]"); // a tool is not part of the form
    else if (event.type === "submit") this.isLeaving = true;
    else if (event.type === "pageshow") this.isLeaving = false;
    else if (event.type === "beforeunload" && this.isUnsaved && !this.isLeaving) event.preventDefault();
  }
}

customElements.define("confirm-leave", ConfirmLeave);
