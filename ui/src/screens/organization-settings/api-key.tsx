import { useState } from "react";
import { call, type OrgKeyView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Secret } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Facts } from "../../kit/state.tsx";
import { useText } from "../../text/t.ts";
import { Verify } from "../parts/verify.tsx";
import styles from "./settings.module.css";

/** The key with which programs of the organization sign in: 0 among its sorts. */
const type = 0;

/** Shows the key of the organization's programs after the master password, and replaces it. */
export function ApiKey({ organizationId: id }: { organizationId: string }) {
  const t = useText();
  const [asking, setAsking] = useState<"view" | "rotate">();
  const [key, setKey] = useState<OrgKeyView>();
  const close = () => setAsking(undefined);
  const show = async (found: Promise<OrgKeyView>) => {
    setKey(await found);
    close();
  };
  return (
    <Section title={t("orgSettings.apiKey")} lead={t("orgSettings.apiKeyLead")}>
      <div className={styles.row}>
        <Button onClick={() => setAsking("view")}>{t("orgSettings.viewKey")}</Button>
        <Button tone="quiet" onClick={() => setAsking("rotate")}>
          {t("orgSettings.rotateKey")}
        </Button>
      </div>
      <Verify
        open={asking === "view"}
        title={t("orgSettings.viewKey")}
        action={t("orgSettings.viewKey")}
        onClose={close}
        onVerified={(masterPasswordHash) =>
          show(call("POST /api/organizations/{id}/api-key", { path: { id }, body: { masterPasswordHash, type } }))
        }
      />
      <Verify
        open={asking === "rotate"}
        title={t("orgSettings.rotateKey")}
        action={t("orgSettings.rotateKey")}
        tone="loss"
        onClose={close}
        onVerified={(masterPasswordHash) =>
          show(
            call("POST /api/organizations/{id}/rotate-api-key", { path: { id }, body: { masterPasswordHash, type } }),
          )
        }
      >
        <p>{t("orgSettings.rotateLead")}</p>
      </Verify>
      <Dialog
        open={key !== undefined}
        onClose={() => setKey(undefined)}
        title={t("orgSettings.apiKey")}
        actions={<Button onClick={() => setKey(undefined)}>{t("kit.close")}</Button>}
      >
        {key && (
          <>
            <Secret label="client_id" text={`organization.${id}`} />
            <Secret label="client_secret" text={key.apiKey} />
            <Facts
              of={[
                { name: "scope", value: <code>api.organization</code> },
                { name: "grant_type", value: <code>client_credentials</code> },
                { name: t("orgSettings.keySince"), value: <Moment at={key.revisionDate} withTime /> },
              ]}
            />
          </>
        )}
      </Dialog>
    </Section>
  );
}
