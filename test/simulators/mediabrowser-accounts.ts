import { type MediaItems, printedDate, type Row } from "./mediabrowser-items.ts";
import {
  isEmby,
  type MediaServerState,
  type MediaSession,
  type MediaToken,
  type MediaUser,
  releaseOf,
  ticksPerMs,
} from "./mediabrowser-state.ts";
import { sevenDigits } from "./mediabrowser-world.ts";
import { hexOf } from "./random.ts";

/** How a server tells of its accounts and of who is signed in: Jellyfin writes everything that is not null, Emby less. */

const all = <Value>(value: Value, names: string): Record<string, Value> =>
  Object.fromEntries(names.split(" ").map((name) => [name, value]));

export function createAccountRows(state: MediaServerState, items: MediaItems, now: () => number) {
  const emby = isEmby(state);
  const release = releaseOf(state);

  const configurationOf = ({ excluded }: MediaUser): Row => ({
    PlayDefaultAudioTrack: true,
    DisplayMissingEpisodes: false,
    ...(emby
      ? {}
      : {
          ...all(false, "DisplayCollectionsView EnableLocalPassword"),
          ...all(
            true,
            "HidePlayedInLatest RememberAudioSelections RememberSubtitleSelections EnableNextEpisodeAutoPlay",
          ),
          SubtitleMode: "Default",
          ...all([], "GroupedFolders OrderedViews LatestItemsExcludes"),
        }),
    MyMediaExcludes: excluded.map(({ id }) => id),
  });

  const jellyfinPolicy = (user: MediaUser): Row => ({
    ...all(user.admin, "EnableContentDeletion EnableRemoteControlOfOtherUsers EnableLiveTvManagement"),
    ...all(
      true,
      "EnableUserPreferenceAccess EnableSharedDeviceControl EnableRemoteAccess EnableLiveTvAccess EnableAudioPlaybackTranscoding EnableVideoPlaybackTranscoding EnablePlaybackRemuxing EnableContentDownloading EnableSyncTranscoding EnableMediaConversion EnableAllDevices EnableAllChannels EnablePublicSharing",
    ),
    ...(release >= 1009 ? all(false, "EnableCollectionManagement EnableSubtitleManagement EnableLyricManagement") : {}),
    ForceRemoteSourceTranscoding: false,
    InvalidLoginAttemptCount: user.failedSignIns,
    LoginAttemptsBeforeLockout: state.quirks.lockoutAfter ?? -1,
    ...all(0, "MaxActiveSessions RemoteClientBitrateLimit"),
    AuthenticationProviderId: "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider",
    PasswordResetProviderId: "Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider",
    SyncPlayAccess: "CreateAndJoinGroups",
  });

  const policyOf = (user: MediaUser): Row => ({
    IsAdministrator: user.admin,
    IsHidden: user.hidden,
    IsDisabled: user.disabled,
    EnableAllFolders: user.allowed === null,
    EnabledFolders: (user.allowed ?? []).map(({ id }) => id),
    EnableMediaPlayback: true,
    ...(emby ? {} : jellyfinPolicy(user)),
  });

  const userRow = (user: MediaUser, whole: boolean): Row => ({
    Name: user.name,
    ServerId: state.id,
    ...(emby ? { Prefix: user.name.slice(0, 1).toUpperCase() } : {}),
    Id: user.id,
    HasPassword: user.password !== "",
    HasConfiguredPassword: user.password !== "",
    ...(emby ? {} : { HasConfiguredEasyPassword: false, EnableAutoLogin: false }),
    ...(whole ? { Configuration: configurationOf(user), Policy: policyOf(user) } : {}),
  });

  const anySession = (controllable: boolean): Row => ({
    ServerId: state.id,
    LastActivityDate: printedDate(state, sevenDigits(now(), "1234")),
    SupportsRemoteControl: controllable,
    ...(emby
      ? {}
      : {
          LastPlaybackCheckIn: printedDate(state, sevenDigits(now(), "1234")),
          IsActive: true,
          SupportsMediaControl: controllable,
          HasCustomDeviceName: false,
          ...all([], "PlayableMediaTypes SupportedCommands"),
        }),
  });

  const playState = (row: Row): Row => ({
    IsMuted: false,
    RepeatMode: "RepeatNone",
    ...(release >= 1009 ? { PlaybackOrder: "Default" } : {}),
    ...row,
  });

  const idleSession = ({ text, user, client, device, deviceId, version }: MediaToken): Row => ({
    Id: hexOf(`session ${text}`, 32),
    UserId: user?.id,
    UserName: user?.name,
    Client: client,
    DeviceName: device,
    DeviceId: deviceId,
    ApplicationVersion: version,
    ...anySession(false),
    PlayState: playState({ CanSeek: false, IsPaused: false }),
  });

  const playingSession = (session: MediaSession): Row => ({
    Id: session.id,
    UserId: session.user.id,
    UserName: session.user.name,
    Client: session.client,
    DeviceName: session.device,
    DeviceId: session.deviceId,
    ApplicationVersion: state.version,
    ...anySession(true),
    PlayState: playState({
      PositionTicks: session.positionMs * ticksPerMs,
      CanSeek: true,
      IsPaused: session.paused,
      PlayMethod: "DirectPlay",
    }),
    NowPlayingItem: items.rowOf(null, session.item, ["providerids", "premieredate", "productionyear"], {}),
  });

  const sessionsFor = (who: MediaUser | null): Row[] => {
    // Until 10.9 everybody saw everybody's.
    const seen = (user: MediaUser | null): boolean => who === null || who.admin || user === who || release === 1008;
    const playing = state.sessions.filter(({ user }) => seen(user));
    const idle = [...state.tokens.values()].filter(
      ({ user, deviceId }) => user !== null && seen(user) && !playing.some((session) => session.deviceId === deviceId),
    );
    return [...playing.map(playingSession), ...idle.map(idleSession)];
  };

  return { userRow, idleSession, sessionsFor };
}
