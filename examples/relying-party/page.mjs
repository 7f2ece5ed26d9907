// Pages without a framework. What comes from outside is text, never markup.

class Markup {
  constructor(text) {
    this.text = text;
  }
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (value) => (value instanceof Markup ? value.text : String(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]));

/** A piece of markup; every value in it is escaped unless it is markup itself. */
export const html = (parts, ...values) => new Markup(String.raw({ raw: parts }, ...values.map(escaped)));

/** A whole page. @param {string} title @param {Markup} [body] */
export const page = (title, body = html``) => ({
  html: html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
${body}
</html>
`.text,
});
