/* <square-crop for="id_portrait"> shows, before anything is sent, the square that will be cut out of the picture somebody
   has chosen: the middle of it, as network/pictures.py cuts it. Without this script the picture is shown once it is kept. */

const SIDE = 160; // CSS pixels, as wide as the portrait on the author's page

class SquareCrop extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field.addEventListener("change", this);
    if (this.field.files.length) this.handleEvent(); // chosen before this script came
  }

  disconnectedCallback() {
    this.field.removeEventListener("change", this);
  }

  async handleEvent() {
    const [file] = this.field.files;
    this.replaceChildren();
    if (!file) return;
    try {
      this.replaceChildren(this.cut(await createImageBitmap(file)), this.words("As it will be cropped. Not saved yet."));
    } catch {
      this.replaceChildren(this.words("This picture cannot be shown here before it is saved."));
    }
  }

  cut(picture) {
    const side = Math.min(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE * 2;
    canvas.className = "portrait large";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Your new portrait, as it will be cropped");
    const corner = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d").drawImage(picture, ...corner, side, side, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  words(text) {
    const line = document.createElement("p");
    line.className = "help";
    line.textContent = text;
    return line;
  }
}

customElements.define("square-crop", SquareCrop);
