import { Field } from "../../kit/field.tsx";
import { useText } from "../../text/t.ts";
import { useProfile } from "../frame.tsx";

/** What an organization is called, and where its mails go. */
export function Names({ emailLabel, emailHint }: { emailLabel: string; emailHint?: string }) {
  const t = useText();
  const { data } = useProfile();
  return (
    <>
      <Field label={t("found.name")} name="name" required maxLength={50} autoComplete="organization" />
      <Field
        key={data?.email}
        label={emailLabel}
        hint={emailHint}
        name="billingEmail"
        type="email"
        required
        autoComplete="email"
        defaultValue={data?.email}
      />
    </>
  );
}
