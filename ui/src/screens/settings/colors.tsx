import { useState } from "react";
import { useText } from "../../text/t.ts";
import { Avatar } from "../parts/avatar.tsx";
import styles from "./settings.module.css";

/** The colors that are offered; the first is the page's own. */
const colors = {
  own: "",
  blue: "#175ddc",
  teal: "#0e7490",
  green: "#2f7d32",
  amber: "#ffb74d",
  red: "#b3261e",
  pink: "#c2185b",
  violet: "#6a3fb5",
} as const;

/** The color of a person's circle: the field color. One that another client chose is offered too. */
export function Colors({ color }: { color: string | null }) {
  const t = useText();
  const [chosen, setChosen] = useState(color ?? "");
  const offered = Object.entries(colors).map(([id, value]) => ({
    value,
    label: t(`color.${id as keyof typeof colors}`),
  }));
  if (color && !offered.some(({ value }) => value === color)) {
    offered.push({ value: color as "", label: t("color.other") });
  }
  return (
    <fieldset className={styles.colors}>
      <legend>{t("me.color")}</legend>
      {offered.map(({ value, label }) => (
        <label key={value} className={styles.color} title={label}>
          <input
            type="radio"
            name="color"
            value={value}
            aria-label={label}
            checked={value === chosen}
            onChange={() => setChosen(value)}
          />
          <Avatar color={value || null} />
        </label>
      ))}
    </fieldset>
  );
}
