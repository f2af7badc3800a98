import { Choice } from "../../kit/choice.tsx";
import { setTheme, type Theme, themes, useTheme } from "../../kit/theme.ts";
import { type Language, languages, setLanguage, useLanguage, useText } from "../../text/t.ts";

/** Language and appearance, for whoever is not inside yet. */
export function GateFooter() {
  const t = useText();
  const language = useLanguage();
  const theme = useTheme();
  return (
    <>
      <Choice<Language> label={t("language.label")} value={language} onChange={setLanguage} options={languageOptions} />
      <Choice<Theme>
        label={t("theme.label")}
        value={theme}
        onChange={setTheme}
        options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
      />
    </>
  );
}

export const languageOptions = Object.entries(languages).map(([value, label]) => ({
  value: value as Language,
  label,
  lang: value,
}));
