import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import { type Contact, type Deed, kinds, perform } from "../../vault/emergency.ts";
import { Confirm } from "../parts/confirm.tsx";

/** What is asked about before it is done. To leave is to remove an access from its other end. */
export type Asking = Exclude<Deed, "reinvite"> | "leave";

const destructive: Asking[] = ["remove", "leave"];

/** What the dialogs of an access do when they are closed, and when they have done something. */
export interface DialogProps {
  contact: Contact;
  onClose: () => void;
  onDone: () => Promise<void>;
}

/** Asks before an access is requested, approved, refused or ended. */
export function Ask({ what, contact, onClose, onDone }: DialogProps & { what: Asking }) {
  const t = useText();
  const { name, days, type } = contact;
  const values = { name, days, kind: type === kinds.view ? "view" : "takeOver" };
  const confirm = async () => {
    await perform(what === "leave" ? "remove" : what, contact);
    await onDone();
    toast(t(`emergency.${what}Done`, values));
  };
  return (
    <Confirm
      open
      title={t(`emergency.${what}Title`, values)}
      action={t(`emergency.${what}`)}
      tone={destructive.includes(what) ? "loss" : "primary"}
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>{t(`emergency.${what}Text`, values)}</p>
    </Confirm>
  );
}
