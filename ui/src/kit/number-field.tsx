import { useState } from "react";
import { Field, type FieldProps } from "./field.tsx";

export interface NumberFieldProps extends Pick<FieldProps, "label" | "hint" | "disabled"> {
  value: number;
  from: number;
  to: number;
  /** Gets a whole number within the bounds. */
  onChange: (value: number) => void;
}

/** A whole number. While something else is typed, the value stays what it was, and comes back when the field is left. */
export function NumberField({ value, from, to, onChange, ...field }: NumberFieldProps) {
  const [typed, setTyped] = useState<string>();
  const take = (text: string) => {
    setTyped(text);
    const number = Number(text);
    if (text !== "" && Number.isInteger(number) && number >= from && number <= to) onChange(number);
  };
  return (
    <Field
      {...field}
      type="number"
      inputMode="numeric"
      required
      min={from}
      max={to}
      value={typed ?? String(value)}
      onChange={({ target }) => take(target.value)}
      onBlur={() => setTyped(undefined)}
    />
  );
}
