import { useId, useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Secret } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Key, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { proof } from "../../vault/session.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import { useTokenInformation } from "./queries.ts";
import { TokenFacts } from "./token-facts.tsx";

export type TokenMode = "generate" | "view" | "rotate";

const syncKey = 1;

const words: Record<TokenMode, { title: Key; lead?: Key; action: Key }> = {
  generate: { title: "token.setUp", lead: "token.setUpLead", action: "token.generate" },
  view: { title: "token.title", action: "token.continue" },
  rotate: { title: "token.rotate", lead: "token.rotateLead", action: "token.rotate" },
};

export interface SyncTokenProps {
  /** Undefined while it is closed. */
  mode: TokenMode | undefined;
  onClose: () => void;
  organization: Membership;
}

/** Shows the billing sync token after the master password; makes it, or another one. */
export function SyncToken({ mode, onClose, organization }: SyncTokenProps) {
  const t = useText();
  const form = useId();
  const [shown, setShown] = useState<{ token: string; mode: TokenMode }>();
  const [last, setLast] = useState<TokenMode>("generate");
  if (mode && mode !== last) setLast(mode); // The words stay while the dialog fades away.
  const after = useAfterChange();
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const body = { type: syncKey, masterPasswordHash: await proof(textOf(values, "masterPassword")) };
    const path = { id: organization.id };
    const { apiKey } = await (last === "rotate"
      ? call("POST /api/organizations/{id}/rotate-api-key", { path, body })
      : call("POST /api/organizations/{id}/api-key", { path, body }));
    await after();
    setShown({ token: apiKey, mode: last });
  });
  const close = () => {
    setShown(undefined);
    forget();
    onClose();
  };
  const { lead, action, title } = words[last];
  if (shown) {
    return (
      <Dialog
        open={mode !== undefined}
        onClose={close}
        title={t("token.title")}
        actions={
          <Button tone="primary" onClick={close}>
            {t("kit.close")}
          </Button>
        }
      >
        <p>{t("token.paste")}</p>
        <Secret label={t("token.title")} text={shown.token} />
        <About organization={organization} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open={mode !== undefined}
      onClose={close}
      title={t(title)}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button tone="primary" type="submit" form={form} busy={busy}>
            {t(action)}
          </Button>
        </>
      }
    >
      <Form id={form} onSend={run} label={t(title)}>
        {lead && <p>{t(lead)}</p>}
        <SecretField
          label={t("signIn.password")}
          name="masterPassword"
          autoComplete="current-password"
          hint={t("verify.hint")}
        />
        <Problem of={failure} />
      </Form>
    </Dialog>
  );
}

function About({ organization }: { organization: Membership }) {
  const { data } = useTokenInformation(organization.id);
  return data ? <TokenFacts of={data} organization={organization} /> : null;
}
