import { useLayoutEffect, useRef } from "react";
import { type Made, madeText } from "../../vault/generated.ts";
import styles from "./generator.module.css";

/**
 * Shows what was made, with digits and other characters told from letters. It is written into the page past React,
 * whose memory never holds it, and is not for a browser to translate.
 */
export function MadeText({ of, id }: { of: Made | undefined; id?: string }) {
  const text = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    text.current?.replaceChildren(...colored(madeText(of)));
  }, [of]);
  return <span ref={text} id={id} translate="no" />;
}

const colored = (text: string): HTMLElement[] =>
  [...text.matchAll(/(\p{L}+)|(\p{N}+)|[^\p{L}\p{N}]+/gu)].map(([part, letters, digits]) => {
    const span = document.createElement("span");
    span.textContent = part;
    const style = digits ? styles.digit : letters ? undefined : styles.sign;
    if (style) span.className = style;
    return span;
  });
