import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { useText } from "../../text/t.ts";
import { deleteAccount } from "../../vault/account.ts";
import { isOwner, type Profile } from "../../vault/profile.ts";
import { Verify } from "../parts/verify.tsx";
import styles from "./settings.module.css";

/** The end of an account. The server refuses it to the only owner of an organization, and says so. */
export function DeleteAccount({ profile }: { profile: Profile }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const owned = profile.organizations.filter(isOwner).map(({ name }) => name);
  return (
    <Section title={t("me.delete")} lead={t("me.deleteLead")}>
      <div>
        <Button tone="loss" onClick={() => setOpen(true)}>
          {t("me.delete")}
        </Button>
      </div>
      <Verify
        open={open}
        title={t("me.deleteTitle", { email: profile.email })}
        action={t("me.deleteForever")}
        tone="loss"
        onClose={() => setOpen(false)}
        onVerified={deleteAccount}
      >
        <p>{t("me.deleteLost")}</p>
        {owned.length > 0 && <p className={styles.strong}>{t("me.deleteOwner", { names: owned.join(", ") })}</p>}
      </Verify>
    </Section>
  );
}
