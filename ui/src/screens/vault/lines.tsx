import { Field, type FieldProps } from "../../kit/field.tsx";
import { TextArea } from "../../kit/text-area.tsx";

interface LinesProps extends Pick<FieldProps, "label" | "autoCapitalize" | "spellCheck"> {
  name: string;
  maxLength: number;
  of: string | null | undefined;
}

/** A text of one line, or of the several that another program wrote: then the form says so in "lines". */
export function Lines({ of, ...about }: LinesProps) {
  const text = of ?? "";
  const breaks = text.split(/\r\n?|\n/).length;
  if (breaks === 1) return <Field {...about} autoComplete="off" defaultValue={text} unmarked />;
  return (
    <>
      <input type="hidden" name="lines" value={about.name} />
      <TextArea {...about} autoComplete="off" defaultValue={text} rows={Math.min(breaks, 6)} unmarked />
    </>
  );
}
