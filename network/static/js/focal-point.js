/* <focal-point x="id-of-a-field" y="id-of-a-field"> around a picture (.aimed) and how cards show it (.cut): a click on the
   picture says what a cut keeps, and the cut is shown at once, as network/pictures.py makes it. Without this script the
   two fields are filled in by hand, and the cut is shown once it is made. */

const RATIO = 3 / 2;
const SIDE = 240; // pixels, the smallest width of a card's picture

class FocalPoint extends HTMLElement {
  connectedCallback() {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.begin(), { once: true });
    } else {
      this.begin();
    }
  }

  begin() {
    this.fields = ["x", "y"].map((name) => document.getElementById(this.getAttribute(name)));
    this.aimed = this.querySelector(".aimed");
    this.picture = this.aimed.querySelector("img");
    this.aimed.addEventListener("click", (event) => this.aim(event));
    for (const field of this.fields) field.addEventListener("input", () => this.show());
    const hint = document.createElement("span");
    hint.textContent = "Click the picture to choose what a cut keeps.";
    hint.className = "hint";
    this.aimed.after(hint);
    this.mark();
  }

  aim(event) {
    const box = this.picture.getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    this.fields.forEach((field, axis) => {
      field.value = Math.round(100 * Math.min(1, Math.max(0, at[axis])));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  place() {
    return this.fields.map((field) => Math.min(100, Math.max(0, Number(field.value === "" ? 50 : field.value) || 0)));
  }

  mark() {
    const [x, y] = this.place();
    this.aimed.style.setProperty("--aim-x", `${x}%`);
    this.aimed.style.setProperty("--aim-y", `${y}%`);
  }

  show() {
    this.mark();
    if (!this.picture.naturalWidth) return;
    const size = [this.picture.naturalWidth, this.picture.naturalHeight];
    const part = [Math.min(size[0], size[1] * RATIO), Math.min(size[1], size[0] / RATIO)];
    const corner = this.place().map((percent, axis) =>
      Math.min(Math.max(0, (size[axis] * percent) / 100 - part[axis] / 2), size[axis] - part[axis]),
    );
    const canvas = this.canvas();
    canvas.getContext("2d").drawImage(this.picture, ...corner, ...part, 0, 0, canvas.width, canvas.height);
  }

  canvas() {
    const before = this.querySelector(".cut > canvas");
    if (before) return before;
    const canvas = document.createElement("canvas");
    canvas.width = SIDE;
    canvas.height = SIDE / RATIO;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "The cut, not saved yet");
    this.querySelector(".cut > img").replaceWith(canvas);
    return canvas;
  }
}

customElements.define("focal-point", FocalPoint);
