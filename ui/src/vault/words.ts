// The lists are loaded when the first of their words is needed.
const lists = () => import("secure-password-utilities/wordlists");

/** The words of the EFF's long list, in its order. */
export const wordList = async (): Promise<readonly string[]> => (await lists()).EFF_LONG_WORDLIST;

/** The same without the four that have a hyphen of their own, which looks like a separator between two. */
export const plainWords = async (): Promise<readonly string[]> => (await lists()).DEFAULT_WORDLIST;

const phraseWords = 5;

/**
 * The fingerprint phrase that official clients show for a fingerprint, which is given as hexadecimal digits: the
 * number that it is, in words, of which the first is worth the least.
 */
export async function phraseOf(fingerprint: string): Promise<string> {
  const words = await wordList();
  const base = BigInt(words.length);
  let rest = BigInt(`0x${fingerprint}`);
  const phrase: string[] = [];
  while (phrase.length < phraseWords) {
    phrase.push(words[Number(rest % base)] ?? "");
    rest /= base;
  }
  return phrase.join("-");
}
