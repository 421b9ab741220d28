/* <browser-zone for="id_time_zone"> offers the browser's time zone where it is another than the one that is chosen. It
   changes nothing by itself. */

class BrowserZone extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const isListed = Array.from(this.field.options).some((option) => option.value === zone);
    if (!isListed || this.field.value === zone) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linklike";
    button.textContent = `Choose ${zone.replaceAll("_", " ")}, the zone of this browser`;
    button.addEventListener("click", () => {
      this.field.value = zone;
      this.field.focus();
      button.remove();
    });
    this.append(button);
  }
}

customElements.define("browser-zone", BrowserZone);
