import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OperatorSettingView as Setting } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Check } from "../../kit/field.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { SearchField } from "../../kit/search.tsx";
import { State } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Problem } from "../parts/problem.tsx";
import { Code, Named, Words } from "./listing.tsx";

/** What the server goes by. */
export function Screen() {
  const t = useText();
  const [search, setSearch] = useState("");
  const [onlyGiven, setOnlyGiven] = useState(false);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ["settings"],
    queryFn: () => ask("GET /admin/api/settings"),
  });
  const shown = data?.data.filter((one) => matches(one, search) && (!onlyGiven || one.source !== "default"));
  return (
    <Page title={t("operator.settings")} lead={t("operator.settingsLead")}>
      <div>
        <SearchField label={t("operator.settingsSearch")} onSearch={setSearch} />
        <Check
          label={t("operator.settingsGiven")}
          checked={onlyGiven}
          onChange={({ target }) => setOnlyGiven(target.checked)}
        />
      </div>
      {error && (
        <>
          <Problem of={error} />
          <div>
            <Button onClick={() => refetch()} busy={isFetching}>
              {t("operator.retry")}
            </Button>
          </div>
        </>
      )}
      {!shown && !error && <Skeleton lines={8} />}
      {shown?.length === 0 && <Empty title={t("operator.nothing", { search })}>{t("operator.nothingLead")}</Empty>}
      {groupsOf(shown ?? []).map(({ name, settings }) => (
        <Section key={name} title={nameOf(t, name)}>
          <Table label={nameOf(t, name)} columns={columns(t)} rows={settings} keyOf={(one) => one.name} />
        </Section>
      ))}
    </Page>
  );
}

const matches = ({ name, description }: Setting, search: string) =>
  `${name} ${description}`.toLowerCase().includes(search.toLowerCase());

/** The settings under their headings, in their order. */
function groupsOf(list: Setting[]): { name: string; settings: Setting[] }[] {
  const groups: { name: string; settings: Setting[] }[] = [];
  for (const one of list) {
    const last = groups.at(-1);
    if (last?.name === one.group) last.settings.push(one);
    else groups.push({ name: one.group, settings: [one] });
  }
  return groups;
}

/** The headings that this page has words for; a newer server may have others. */
const known = new Set([
  "general",
  "server",
  "log",
  "database",
  "keys",
  "mail",
  "cloud-communication",
  "licenses",
  "people",
  "two-step-login",
  "organizations",
  "sponsorships-and-billing",
]);

function nameOf(t: Translate, group: string): string {
  const word = group.toLowerCase().replace(/[^a-z]+/g, "-");
  return known.has(word) ? t(`operator.group.${word}` as Key) : group;
}

const columns = (t: Translate): [Column<Setting>, ...Column<Setting>[]] => [
  {
    id: "setting",
    heading: t("operator.setting"),
    cell: ({ name, description }) => <Named name={<Code>{name}</Code>} more={<Words lang="en">{description}</Words>} />,
  },
  { id: "value", heading: t("operator.value"), cell: (one) => <Value of={one} /> },
  {
    id: "source",
    heading: t("operator.source"),
    cell: ({ source }) => (
      <State tone={source === "default" ? "info" : "good"}>{t(`operator.source.${source}` as Key)}</State>
    ),
  },
];

function Value({ of: { value, secret, set } }: { of: Setting }) {
  const t = useText();
  if (secret && set) return t("operator.secretSet");
  return value ? <Code>{value}</Code> : t("operator.valueNone");
}
