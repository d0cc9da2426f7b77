/** Splits a command into words as Compose does (mattn/go-shellwords): quotes, escapes, no variables, no pipes. */

/** Throws an `Error` where a quote or bracket has no end. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let got = false;
  let escaped = false;
  let double = false;
  let single = false;
  let back = false;
  let dollar = false;
  for (const char of line) {
    if (escaped) {
      word += char;
      escaped = false;
      got = true;
      continue;
    }
    if (char === "\\") {
      if (single) word += char;
      else escaped = true;
      continue;
    }
    if (/[ \t\r\n]/u.test(char)) {
      if (single || double || back || dollar) word += char;
      else if (got) {
        words.push(word);
        word = "";
        got = false;
      }
      continue;
    }
    if (char === "`" && !single && !double && !dollar) back = !back;
    else if (char === ")" && !single && !double && !back) dollar = !dollar;
    else if (char === "(" && !single && !double && !back) {
      if (dollar || !word.endsWith("$")) throw new Error("an opening bracket stands outside quotes");
      dollar = true;
      word += char;
      continue;
    } else if (char === '"' && !single && !dollar) {
      if (double) got = true;
      double = !double;
      continue;
    } else if (char === "'" && !double && !dollar) {
      if (single) got = true;
      single = !single;
      continue;
    } else if (/[;&|<>]/u.test(char) && !(single || double || back || dollar)) {
      // what a shell would do from here on is left out, with a number before >
      if (char === ">" && /^[0-9]/u.test(word)) got = false;
      break;
    }
    got = true;
    word += char;
  }
  if (got) words.push(word);
  if (escaped || single || double || back || dollar) throw new Error("a quote, bracket or backslash has no end");
  return words;
}
