import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { OperatorInstallationView as Installation } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { SearchField } from "../../kit/search.tsx";
import { State } from "../../kit/state.tsx";
import type { Column } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Issue, KeyOnce } from "./installation-key.tsx";
import { Actions, Code, Listing, Named } from "./listing.tsx";

/** The servers that a cloud knows. */
export function Screen() {
  const t = useText();
  const queries = useQueryClient();
  const [search, setSearch] = useState("");
  const [isIssuing, setIssuing] = useState(false);
  const [made, setMade] = useState<Installation>();
  const [asked, setAsked] = useState<{ to: "rotate" | "disable"; one: Installation }>();
  const again = () => queries.invalidateQueries({ queryKey: ["installations"] });
  const close = () => setAsked(undefined);
  const show = (one: Installation) => {
    setMade(one);
    return again();
  };
  const rotate = async () => {
    if (!asked) return;
    const one = await ask("POST /admin/api/installations/{id}/rotate-key", { path: { id: asked.one.id ?? "" } });
    await show(one);
  };
  const enable = async ({ id, email }: Installation, isOn: boolean) => {
    const path = { id: id ?? "" };
    if (isOn) await ask("POST /admin/api/installations/{id}/enable", { path });
    else await ask("POST /admin/api/installations/{id}/disable", { path });
    await again();
    toast(t(isOn ? "operator.enableDone" : "operator.disableDone", { name: email }));
  };
  const issue = (
    <Button tone="primary" onClick={() => setIssuing(true)}>
      {t("operator.issue")}
    </Button>
  );
  const name = asked?.one.email ?? "";
  return (
    <Page title={t("operator.installations")} lead={t("operator.installationsLead")} actions={issue}>
      <SearchField label={t("operator.installationsSearch")} onSearch={setSearch} />
      <Listing
        name="installations"
        label={t("operator.installations")}
        load={(query) => ask("GET /admin/api/installations", { query })}
        search={search}
        columns={columns(t, (to, one) => setAsked({ to, one }), enable)}
        keyOf={({ id }) => id ?? ""}
        empty={{ title: t("operator.installationsNone"), text: t("operator.installationsNoneLead") }}
      />
      <Issue open={isIssuing} onClose={() => setIssuing(false)} onMade={show} />
      <Confirm
        open={asked?.to === "rotate"}
        title={t("operator.rotateTitle")}
        action={t("operator.rotate")}
        tone="loss"
        onClose={close}
        onConfirm={rotate}
      >
        <p>{t("operator.rotateLead", { name })}</p>
      </Confirm>
      <Confirm
        open={asked?.to === "disable"}
        title={t("operator.disableTitle", { name })}
        action={t("operator.disable")}
        tone="loss"
        onClose={close}
        onConfirm={async () => asked && enable(asked.one, false)}
      >
        <p>{t("operator.disableInstallation")}</p>
      </Confirm>
      <KeyOnce of={made} onClose={() => setMade(undefined)} />
    </Page>
  );
}

const columns = (
  t: Translate,
  onAsk: (to: "rotate" | "disable", one: Installation) => void,
  onEnable: (one: Installation, isOn: boolean) => void,
): [Column<Installation>, ...Column<Installation>[]] => [
  {
    id: "installation",
    heading: t("operator.installation"),
    cell: ({ email, id }) => <Named name={email} more={<Code>{id}</Code>} />,
  },
  { id: "key", heading: t("operator.keyMade"), cell: ({ keyDate }) => <Moment at={keyDate} brief /> },
  {
    id: "active",
    heading: t("operator.lastActivity"),
    cell: ({ lastActivityDate }) => (lastActivityDate ? <Moment at={lastActivityDate} brief /> : t("operator.never")),
  },
  {
    id: "state",
    heading: t("operator.state"),
    cell: ({ enabled }) => (
      <State tone={enabled ? "good" : "loss"}>{t(enabled ? "operator.enabled" : "operator.disabled")}</State>
    ),
  },
  {
    id: "action",
    heading: t("operator.action"),
    number: true,
    cell: (one) => (
      <Actions>
        <Button
          tone="quiet"
          onClick={() => onAsk("rotate", one)}
          aria-label={t("operator.rotateNamed", { name: one.email })}
        >
          {t("operator.rotate")}
        </Button>
        {one.enabled ? (
          <Button
            tone="quiet"
            onClick={() => onAsk("disable", one)}
            aria-label={t("operator.disableNamed", { name: one.email })}
          >
            {t("operator.disable")}
          </Button>
        ) : (
          <Button
            tone="quiet"
            onClick={() => onEnable(one, true)}
            aria-label={t("operator.enableNamed", { name: one.email })}
          >
            {t("operator.enable")}
          </Button>
        )}
      </Actions>
    ),
  },
];
