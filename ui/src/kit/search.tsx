import { Search } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import styles from "./search.module.css";

export interface SearchFieldProps {
  label: string;
  /** Gets what the person looks for, once they pause. */
  onSearch: (text: string) => void;
}

/** How long a person may pause within a word. */
const pause = 250;

/** What the person looks for in a list. It is searched while they type. */
export function SearchField({ label, onSearch }: SearchFieldProps) {
  const own = useId();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const look = (text: string) => {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => onSearch(text.trim()), pause);
  };
  return (
    <search className={styles.search}>
      <label htmlFor={own}>{label}</label>
      <span className={styles.box}>
        <Search size={18} aria-hidden="true" />
        <input
          id={own}
          type="search"
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => look(target.value)}
        />
      </span>
    </search>
  );
}
