import { useMutation, useQueryClient } from '@tanstack/react-query';
import { signOut } from '../../api/http.ts';
import { liveStatus } from '../../api/live.ts';
import { paths } from '../../api/paths.ts';
import { inWords } from '../../api/problem.ts';
import { useMe } from '../../api/session.ts';
import { useStore } from '../../api/store.ts';
import { announce } from '../../ui/announcer.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { PageLink } from '../../ui/link.tsx';
import { chooseTheme, theme, themes, type Theme } from '../../ui/theme.ts';
import { words } from '../../ui/words.ts';

export function Header() {
  const me = useMe();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => queries.clear(),
    onError: (error) => announce(inWords(error).sentence),
  });
  const places = me.tenantId ?? me.datacenterIds.join(', ');
  return (
    <header className="header">
      {me.isLab && <p className="lab">Lab: every vendor and machine is simulated.</p>}
      <div className="header-row">
        <PageLink className="brand" to={paths.home()} aria-label="Rackline">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>Rackline</span>
        </PageLink>
        <LiveMark />
        <div className="header-end">
          <ThemeSwitch />
          <p className="who" title={me.name}>
            <span className="who-name">{me.displayName}</span>
            <span className="who-role">
              {me.roles.map(words).join(', ')}
              {places && <span className="who-place">{places}</span>}
            </span>
          </p>
          <Button kind="quiet" onClick={() => leave.mutate()} isBusy={leave.isPending}>
            Sign out
          </Button>
        </div>
      </div>
    </header>
  );
}

const liveWords = {
  connecting: { name: 'Connecting', says: 'The live stream is being opened.' },
  live: { name: 'Live', says: 'What you see changes as it happens.' },
  delayed: { name: 'Delayed', says: 'The live stream is down. Pages are read again every 10 seconds.' },
  offline: { name: 'Offline', says: 'The platform cannot be reached. What you see may be out of date.' },
} as const;

function LiveMark() {
  const status = useStore(liveStatus);
  const { name, says } = liveWords[status];
  return (
    <span className={`live live-${status}`} role="status" title={says}>
      <span className="live-dot" aria-hidden="true" />
      {name}
      <span className="hidden">. {says}</span>
    </span>
  );
}

const themeIcons = { system: 'screen', light: 'sun', dark: 'moon' } as const satisfies Record<Theme, IconName>;

function ThemeSwitch() {
  const chosen = useStore(theme);
  const next = themes[(themes.indexOf(chosen) + 1) % themes.length] ?? 'system';
  return (
    <button
      type="button"
      className="icon-button"
      onClick={() => chooseTheme(next)}
      aria-label={`Theme: ${chosen}. Switch to ${next}.`}
      title={`Theme: ${chosen}`}
    >
      <Icon name={themeIcons[chosen]} />
    </button>
  );
}
