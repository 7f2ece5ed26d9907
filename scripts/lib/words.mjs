// Words and turns of phrase that the field does not use, and what to write instead. `npm run words` fails on each of them.

/** @type {{pattern: RegExp, instead: string}[]} whole words, in any case */
export const WORDS = [
  { pattern: /\b(?:she|hers?|herself|he|him|his|himself)\b/gi, instead: "they, the user, the client" },
  { pattern: /\bwho(?:so)?(?:m)?ever\b/gi, instead: "a noun: the client that, the user who" },
  { pattern: /\bmanieth\b/gi, instead: "a sequence number" },
  { pattern: /\b(?:comes?|came|coming) to(?= (?:the same|so|as|that|this|nothing|there|\d))/gi, instead: "is, costs, amounts to" },
  { pattern: /\bwhat (?:it|that|this|they|all) (?:comes?|came) to\b/gi, instead: "what it is, what it costs" },
  { pattern: /\bwhat (?:becomes?|became|comes|came) of\b/gi, instead: "the result of, what happens to" },
  { pattern: /\bof before\b/gi, instead: "earlier, former" },
  { pattern: /\bnone of (?:\S+ ){1,3}business\b/gi, instead: "say what is not done, and where it is done" },
  { pattern: /\b(?:of|to|for|by|from|with|that|than|what) who\b/gi, instead: "a noun: the user who" },
  { pattern: /^[\s/*#|-]*who(?= (?:is|has|was|asks|may|can|signs)\b)(?![^.]*\?)/gi, instead: "a noun: the user who" },
  { pattern: /\bin vain\b/gi, instead: "without effect, and fails" },
  { pattern: /\bthere is no use in\b/gi, instead: "it does not help to" },
  { pattern: /\botherwise than\b/gi, instead: "differently from" },
  { pattern: /\banew\b/gi, instead: "again" },
  { pattern: /\b(?:hence|thereof|whereof|thereby|wherein|wherefrom|whereupon)\b/gi, instead: "so, of it, by it" },
  { pattern: /\bone (?:looks|was signed|is signed|has to)\b/gi, instead: "you, the user" },
  { pattern: /\bmost that\b/gi, instead: "the maximum" },
  { pattern: /\bnobody's\b/gi, instead: "unused, unknown, unregistered" },
  { pattern: /\bwhat there is\b/gi, instead: "name the things" },
];

/** A sentence that a line quotes from a standard which it names is the standard's. */
const QUOTATION = /"[^"]*"|“[^”]*”/g;
const STANDARD = /\b(?:RFC|OpenID|OAuth 2|NIST|Fetch|draft-ietf|UTS|section)\b/;

/**
 * What is found in a text.
 * @param {string} text
 * @returns {{line: number, words: string, instead: string}[]}
 */
export function found(text) {
  return text.split("\n").flatMap((line, index) => {
    const ours = STANDARD.test(line) ? line.replace(QUOTATION, "") : line;
    return WORDS.flatMap(({ pattern, instead }) =>
      [...ours.matchAll(pattern)].map(([words]) => ({ line: index + 1, words: words.trim(), instead })),
    );
  });
}
