import type { ButtonHTMLAttributes, ReactNode } from "react";
import styles from "./button.module.css";
import { classes } from "./classes.ts";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "style"> {
  /** primary is what the screen is for; quiet stands beside it; loss destroys. */
  tone?: "primary" | "plain" | "quiet" | "loss";
  wide?: boolean;
  /** Under way: the button stays where it is, says so, and is not pressed twice. */
  busy?: boolean;
}

export function Button({ tone = "plain", wide, busy, onClick, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={busy ? "button" : type}
      onClick={busy ? undefined : onClick}
      aria-busy={busy}
      aria-disabled={busy}
      className={classes(styles.button, styles[tone], wide && styles.wide)}
    >
      {busy && <span className={styles.spinner} aria-hidden="true" />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "style"> {
  /** What it does: it has no other words. */
  label: string;
  children: ReactNode;
}

export function IconButton({ label, children, type = "button", ...rest }: IconButtonProps) {
  return (
    <button {...rest} type={type} title={label} aria-label={label} className={classes(styles.button, styles.icon)}>
      {children}
    </button>
  );
}

/** A button that looks like a link, for the name of what it opens. */
export function OpenButton({ onClick, children }: Pick<ButtonProps, "onClick" | "children">) {
  return (
    <button type="button" className={styles.open} onClick={onClick}>
      {children}
    </button>
  );
}

/** A link that looks like a button, for what leads somewhere. */
export function ButtonLink({
  href,
  tone = "plain",
  wide,
  children,
}: Pick<ButtonProps, "tone" | "wide" | "children"> & { href: string }) {
  return (
    <a href={href} className={classes(styles.button, styles[tone], wide && styles.wide)}>
      {children}
    </a>
  );
}
