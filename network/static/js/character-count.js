/* <character-count for="id_bio" most="160"> says how many characters its field holds, counted as the server counts them:
   code points, a line break as one, blanks around the text not at all. Without this script it says only how many there may
   be. It speaks up once typing pauses, and only where few are left. */

class CharacterCount extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.most = Number(this.getAttribute("most"));
    this.spoken = document.createElement("span");
    this.spoken.className = "unseen";
    this.spoken.setAttribute("role", "status");
    this.after(this.spoken);
    this.field.addEventListener("input", this);
    this.show();
  }

  disconnectedCallback() {
    this.field.removeEventListener("input", this);
  }

  handleEvent() {
    this.show();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.speak(), 1000);
  }

  get left() {
    return this.most - Array.from(this.field.value.trim()).length;
  }

  show() {
    const { left, most } = this;
    this.textContent = left < 0 ? `${most - left} of ${most} characters: ${-left} too many` : `${most - left} of ${most} characters`;
    this.toggleAttribute("over", left < 0);
  }

  speak() {
    this.spoken.textContent = this.left < 20 ? this.textContent : "";
  }
}

customElements.define("character-count", CharacterCount);
