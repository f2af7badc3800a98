import styles from "./tabs.module.css";

export interface TabsProps {
  /** Of what these are the parts. */
  label: string;
  tabs: { href: string; label: string; current: boolean }[];
}

/** The parts of a screen that is too long for one page; each has an address. */
export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map((tab) => (
        <a key={tab.href} href={tab.href} aria-current={tab.current ? "page" : undefined} className={styles.tab}>
          {tab.label}
        </a>
      ))}
    </nav>
  );
}
