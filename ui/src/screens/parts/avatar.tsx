import styles from "./avatar.module.css";

/** A person as a figure in a circle of their color. It says nothing to those who hear the page. */
export function Avatar({ color, size = 32 }: { color: string | null; size?: number }) {
  const fill = color && /^#[0-9a-f]{6}$/i.test(color) ? color : undefined;
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} className={styles.avatar} aria-hidden="true">
      <circle cx="16" cy="16" r="16" fill={fill} className={fill ? undefined : styles.own} />
      <g className={fill ? styles[inkOn(fill)] : styles.ownInk}>
        <circle cx="16" cy="12.5" r="4.5" />
        <path d="M7.5 25.5a8.5 7 0 0 1 17 0z" />
      </g>
    </svg>
  );
}

/** What can be seen on a color. */
function inkOn(color: string): "light" | "dark" {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "dark" : "light";
}
