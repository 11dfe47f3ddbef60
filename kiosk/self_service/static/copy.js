// All words of the page, one catalogue per language, both loaded at start.

const catalogues = {};
let language = "zh";

/** Fetch the catalogues; `urls` is {zh: …, en: …}. */
export async function load(urls) {
  await Promise.all(Object.entries(urls).map(async ([name, url]) => {
    catalogues[name] = await (await fetch(url, { credentials: "same-origin" })).json();
  }));
}

export function currentLanguage() {
  return language;
}

export function setLanguage(name) {
  language = name;
  document.documentElement.lang = name === "zh" ? "zh-CN" : "en";
}

export function otherLanguage() {
  return language === "zh" ? "en" : "zh";
}

/** The text of a key. Of several variants the first one whose facts are all known is taken. */
export function t(key, facts = {}) {
  return filled(catalogues[language][key] ?? key, facts);
}

/** Title and lead of an error word; an unknown word gets the general one. */
export function errorCopy(word, facts) {
  const errors = catalogues[language].errors;
  const copy = errors[word] ?? errors.error;
  return { title: filled(copy.title, facts), lead: filled(copy.lead, facts) };
}

function filled(text, facts) {
  const variants = [text].flat();
  const known = (name) => facts[name] !== undefined && facts[name] !== null && facts[name] !== "";
  const fits = (variant) => [...variant.matchAll(/\{(\w+)\}/g)].every(([, name]) => known(name));
  const chosen = variants.find(fits) ?? variants[variants.length - 1];
  return chosen.replace(/\{(\w+)\}/g, (whole, name) => (known(name) ? facts[name] : ""));
}
