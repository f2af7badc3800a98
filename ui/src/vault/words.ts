/** The words of the EFF's long list, in its order; loaded when the first of them is needed. */
export const wordList = async (): Promise<readonly string[]> =>
  (await import("secure-password-utilities/wordlists")).EFF_LONG_WORDLIST;

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
