import type { MediaStyle } from "./mediabrowser-state.ts";

/**
 * What the published API documents of Jellyfin and Emby state about the requests our clients make: facts in a form of our
 * own, looked up in
 *  - Jellyfin 10.8, 10.11 and 12: the OpenAPI documents of 10.8.1, 10.11.1 and 12.0.0, by way of what their makers generate
 *    from them (the TypeScript SDK 0.7.0, 0.13.0 and 0.0.0-unstable.202608311113; formats by the Kotlin SDK);
 *  - Emby: `Resources/OpenApi/openapi_v3.json` of Emby.SDK at 4.10.0.25 and the reference pages of 4.8, by way of the Go client
 *    in Emby.ApiClients for the models.
 *
 * Kinds: `text`, `uuid`, `date`, `int`, `double`, `flag`, `map` (texts by name), `object` (not looked into), the name of a shape,
 * and `list <kind>`. `?` = may be null, and what is null is left out by all of them; without it the field is always there.
 * Emby's document says neither what may be null nor what is always there, so there every field may be absent.
 */
export type ApiDocument = {
  shapes: Record<string, Shape>;
  routes: readonly DocumentedRoute[];
};

/** Kind → the names of the fields that are of it. */
export type Shape = Readonly<Record<string, string>>;

export type DocumentedRoute = {
  method: "GET" | "POST" | "DELETE";
  path: string;
  /** Kind → the names of parameters. Words of an enumeration: `words <name>`. */
  query?: Shape;
  /** Kind of the answer's JSON; `none` = no body, `picture` = an image. */
  answer: string;
};

/** Words that a parameter may have, where the document counts them up. */
export const words: Readonly<Record<string, string>> = {
  BaseItemKind: "Series Season Episode Movie Folder CollectionFolder BoxSet Audio Video",
  ItemFields:
    "DateCreated Genres OriginalTitle Overview ParentId Path People ProviderIds SortName Studios Tags MediaSources MediaStreams",
  ItemFilter: "IsFolder IsNotFolder IsUnplayed IsPlayed IsFavorite IsResumable Likes Dislikes IsFavoriteOrLikes",
  ItemSortBy:
    "DateCreated DatePlayed PremiereDate SortName Name ProductionYear PlayCount SeriesSortName IsPlayed Random",
  ImageType: "Primary Art Backdrop Banner Logo Thumb Disc Box Screenshot Menu Chapter BoxRear Profile",
  LocationType: "FileSystem Remote Virtual Offline",
  SortOrder: "Ascending Descending",
};

function changed(shape: Shape, { without = "", more = {} }: { without?: string; more?: Shape }): Shape {
  const gone = new Set(without.split(" "));
  const kept = Object.entries(shape).map(([kind, names]) => [kind, names.split(" ").filter((name) => !gone.has(name))]);
  const all: Record<string, string[]> = Object.fromEntries(kept);
  for (const [kind, names] of Object.entries(more)) all[kind] = [...(all[kind] ?? []), ...names.split(" ")];
  const left = Object.entries(all).filter(([, names]) => names.length > 0);
  return Object.fromEntries(left.map(([kind, names]) => [kind, names.join(" ")]));
}

const item: Shape = {
  uuid: "Id",
  text: "Type MediaType",
  "uuid?":
    "ParentId SeriesId SeasonId ChannelId AlbumId ParentLogoItemId ParentBackdropItemId ParentArtItemId ParentThumbItemId ParentPrimaryImageItemId",
  "text?":
    "Name OriginalTitle ServerId Etag SourceType PlaylistItemId ExtraType PreferredMetadataLanguage PreferredMetadataCountryCode Container SortName ForcedSortName Video3DFormat Path OfficialRating CustomRating ChannelName Overview PlayAccess AspectRatio Number ChannelNumber SeriesName DisplayPreferencesId Status AirTime Album CollectionType DisplayOrder AlbumPrimaryImageTag SeriesPrimaryImageTag AlbumArtist SeasonName VideoType ParentLogoImageTag ParentArtImageTag SeriesThumbImageTag SeriesStudio ParentThumbImageTag ParentPrimaryImageTag LocationType IsoType CameraMake CameraModel Software ImageOrientation SeriesTimerId ProgramId ChannelPrimaryImageTag EpisodeTitle ChannelType Audio TimerId",
  "date?": "DateCreated DateLastMediaAdded PremiereDate EndDate StartDate",
  "int?":
    "AirsBeforeSeasonNumber AirsAfterSeasonNumber AirsBeforeEpisodeNumber CumulativeRunTimeTicks RunTimeTicks ProductionYear IndexNumber IndexNumberEnd ParentIndexNumber LocalTrailerCount RecursiveItemCount ChildCount SpecialFeatureCount PartCount MediaSourceCount TrailerCount MovieCount SeriesCount ProgramCount EpisodeCount SongCount AlbumCount ArtistCount MusicVideoCount Width Height IsoSpeedRating",
  "double?":
    "CriticRating CommunityRating PrimaryImageAspectRatio ExposureTime FocalLength Aperture ShutterSpeed Latitude Longitude Altitude CompletionPercentage NormalizationGain",
  "flag?":
    "CanDelete CanDownload HasLyrics HasSubtitles EnableMediaSourceDisplay IsPlaceHolder IsHD IsFolder LockData IsRepeat IsMovie IsSports IsSeries IsLive IsNews IsKids IsPremiere",
  "map?": "ProviderIds ImageTags",
  "object?": "Trickplay ImageBlurHashes",
  "list text?":
    "ProductionLocations Taglines Genres ParentBackdropImageTags AirDays Tags Artists BackdropImageTags ScreenshotImageTags LockedFields",
  "list object?": "ExternalUrls MediaSources RemoteTrailers People MediaStreams Chapters",
  "list NameId?": "Studios GenreItems ArtistItems AlbumArtists",
  "UserItemData?": "UserData",
  "Item?": "CurrentProgram",
};

const userPolicy: Shape = {
  flag: "IsAdministrator IsHidden EnableCollectionManagement EnableSubtitleManagement EnableLyricManagement IsDisabled EnableUserPreferenceAccess EnableRemoteControlOfOtherUsers EnableSharedDeviceControl EnableRemoteAccess EnableLiveTvManagement EnableLiveTvAccess EnableMediaPlayback EnableAudioPlaybackTranscoding EnableVideoPlaybackTranscoding EnablePlaybackRemuxing ForceRemoteSourceTranscoding EnableContentDeletion EnableContentDownloading EnableSyncTranscoding EnableMediaConversion EnableAllDevices EnableAllChannels EnableAllFolders EnablePublicSharing",
  int: "InvalidLoginAttemptCount LoginAttemptsBeforeLockout MaxActiveSessions RemoteClientBitrateLimit",
  "int?": "MaxParentalRating MaxParentalSubRating",
  text: "AuthenticationProviderId PasswordResetProviderId SyncPlayAccess",
  "list text?":
    "BlockedTags AllowedTags EnableContentDeletionFromFolders EnabledDevices EnabledChannels EnabledFolders BlockedMediaFolders BlockedChannels BlockUnratedItems",
  "list object?": "AccessSchedules",
};

const jellyfin1011: Record<string, Shape> = {
  PublicInfo: {
    "text?": "LocalAddress ServerName Version ProductName OperatingSystem Id",
    "flag?": "StartupWizardCompleted",
  },
  User: {
    uuid: "Id",
    "text?": "Name ServerId ServerName PrimaryImageTag",
    flag: "HasPassword HasConfiguredPassword HasConfiguredEasyPassword",
    "flag?": "EnableAutoLogin",
    "date?": "LastLoginDate LastActivityDate",
    "double?": "PrimaryImageAspectRatio",
    "UserConfiguration?": "Configuration",
    "UserPolicy?": "Policy",
  },
  UserConfiguration: {
    flag: "PlayDefaultAudioTrack DisplayMissingEpisodes DisplayCollectionsView EnableLocalPassword HidePlayedInLatest RememberAudioSelections RememberSubtitleSelections EnableNextEpisodeAutoPlay",
    text: "SubtitleMode",
    "text?": "AudioLanguagePreference SubtitleLanguagePreference CastReceiverId",
    "list uuid": "GroupedFolders OrderedViews LatestItemsExcludes MyMediaExcludes",
  },
  UserPolicy: userPolicy,
  SignedIn: { "User?": "User", "Session?": "SessionInfo", "text?": "AccessToken ServerId" },
  Code: { flag: "Authenticated", text: "Secret Code DeviceId DeviceName AppName AppVersion", date: "DateAdded" },
  Session: {
    "PlayState?": "PlayState",
    "list SessionUser?": "AdditionalUsers",
    "object?": "Capabilities TranscodingInfo",
    "text?":
      "RemoteEndPoint Id UserName Client DeviceName DeviceType DeviceId ApplicationVersion PlaylistItemId ServerId UserPrimaryImageTag",
    uuid: "UserId",
    date: "LastActivityDate LastPlaybackCheckIn",
    "date?": "LastPausedDate",
    flag: "IsActive SupportsMediaControl SupportsRemoteControl HasCustomDeviceName",
    "list text": "PlayableMediaTypes SupportedCommands",
    "list object?": "NowPlayingQueue",
    "Item?": "NowPlayingItem NowViewingItem",
    "list Item?": "NowPlayingQueueFullItems",
  },
  SessionUser: { uuid: "UserId", "text?": "UserName" },
  PlayState: {
    "int?": "PositionTicks VolumeLevel AudioStreamIndex SubtitleStreamIndex",
    flag: "CanSeek IsPaused IsMuted",
    text: "RepeatMode PlaybackOrder",
    "text?": "MediaSourceId LiveStreamId PlayMethod",
  },
  ItemPage: { "list Item": "Items", int: "TotalRecordCount StartIndex" },
  Item: item,
  UserItemData: {
    int: "PlaybackPositionTicks PlayCount",
    flag: "IsFavorite Played",
    text: "Key",
    uuid: "ItemId",
    "int?": "UnplayedItemCount",
    "double?": "Rating PlayedPercentage",
    "flag?": "Likes",
    "date?": "LastPlayedDate",
  },
  NameId: { "text?": "Name", uuid: "Id" },
  UserDataChanged: { uuid: "MessageId", text: "MessageType", "UserDataChange?": "Data" },
  UserDataChange: { uuid: "UserId", "list UserItemData": "UserDataList" },
  KeepAlive: { uuid: "MessageId", text: "MessageType", "int?": "Data" },
};

const jellyfin108: Record<string, Shape> = {
  ...jellyfin1011,
  Item: changed(item, {
    without: "MediaType HasLyrics NormalizationGain Trickplay",
    more: { "text?": "MediaType", "flag?": "SupportsSync" },
  }),
  UserItemData: changed(jellyfin1011["UserItemData"] ?? {}, {
    without: "Key ItemId",
    more: { "text?": "Key", "uuid?": "ItemId" },
  }),
  UserPolicy: changed(userPolicy, {
    without:
      "EnableCollectionManagement EnableSubtitleManagement EnableLyricManagement MaxParentalSubRating AllowedTags AuthenticationProviderId PasswordResetProviderId",
    more: { "text?": "AuthenticationProviderId PasswordResetProviderId" },
  }),
  PlayState: changed(jellyfin1011["PlayState"] ?? {}, { without: "PlaybackOrder" }),
  Session: changed(jellyfin1011["Session"] ?? {}, {
    without: "LastPausedDate PlayableMediaTypes SupportedCommands",
    more: { "object?": "FullNowPlayingItem", "list text?": "PlayableMediaTypes SupportedCommands" },
  }),
};

const jellyfin12: Record<string, Shape> = {
  ...jellyfin1011,
  Item: changed(item, { more: { "double?": "AlbumNormalizationGain", "text?": "OriginalLanguage" } }),
  User: changed(jellyfin1011["User"] ?? {}, {
    without: "HasPassword HasConfiguredPassword HasConfiguredEasyPassword",
    more: { "flag?": "HasPassword HasConfiguredPassword HasConfiguredEasyPassword" },
  }),
  Session: changed(jellyfin1011["Session"] ?? {}, { without: "NowPlayingQueueFullItems" }),
};

/** Of some eighty parameters those that our clients send. */
const listing: Shape = {
  uuid: "userId parentId",
  "list uuid": "ids",
  flag: "recursive enableUserData enableImages enableTotalRecordCount collapseBoxSetItems",
  int: "startIndex limit imageTypeLimit",
  "words BaseItemKind": "includeItemTypes",
  "words LocationType": "excludeLocationTypes",
  "words ItemFields": "fields",
  "words ImageType": "enableImageTypes",
  "words ItemSortBy": "sortBy",
  "words SortOrder": "sortOrder",
  "words ItemFilter": "filters",
};

const jellyfinRoutes: readonly DocumentedRoute[] = [
  { method: "GET", path: "/System/Info/Public", answer: "PublicInfo" },
  { method: "POST", path: "/Users/AuthenticateByName", answer: "SignedIn" },
  { method: "POST", path: "/Users/AuthenticateWithQuickConnect", answer: "SignedIn" },
  { method: "GET", path: "/QuickConnect/Enabled", answer: "flag" },
  { method: "GET", path: "/QuickConnect/Connect", query: { text: "secret" }, answer: "Code" },
  { method: "GET", path: "/Users", query: { flag: "isHidden isDisabled" }, answer: "list User" },
  { method: "GET", path: "/Users/Me", answer: "User" },
  { method: "GET", path: "/Users/{userId}", answer: "User" },
  { method: "GET", path: "/Items", query: listing, answer: "ItemPage" },
  { method: "GET", path: "/Items/{itemId}/Ancestors", query: { uuid: "userId" }, answer: "list Item" },
  {
    method: "GET",
    path: "/Items/{itemId}/Images/{imageType}",
    query: { int: "maxWidth maxHeight quality", text: "tag" },
    answer: "picture",
  },
  {
    method: "GET",
    path: "/Sessions",
    query: { uuid: "controllableByUserId", text: "deviceId" },
    answer: "list Session",
  },
  { method: "POST", path: "/Sessions/Logout", answer: "none" },
];

/** Since 10.9. */
const newFamily: readonly DocumentedRoute[] = [
  { method: "POST", path: "/QuickConnect/Initiate", answer: "Code" },
  {
    method: "GET",
    path: "/UserViews",
    query: { uuid: "userId", flag: "includeExternalContent includeHidden" },
    answer: "ItemPage",
  },
  {
    method: "POST",
    path: "/UserPlayedItems/{itemId}",
    query: { uuid: "userId", date: "datePlayed" },
    answer: "UserItemData",
  },
  { method: "DELETE", path: "/UserPlayedItems/{itemId}", query: { uuid: "userId" }, answer: "UserItemData" },
];

/** Until 10.8; later documents leave them out, later servers still know all but the first. */
const oldFamily: readonly DocumentedRoute[] = [
  { method: "GET", path: "/QuickConnect/Initiate", answer: "Code" },
  {
    method: "GET",
    path: "/Users/{userId}/Views",
    query: { flag: "includeExternalContent includeHidden" },
    answer: "ItemPage",
  },
  {
    method: "POST",
    path: "/Users/{userId}/PlayedItems/{itemId}",
    query: { date: "datePlayed" },
    answer: "UserItemData",
  },
  { method: "DELETE", path: "/Users/{userId}/PlayedItems/{itemId}", answer: "UserItemData" },
];

const emby: Record<string, Shape> = {
  PublicInfo: {
    "text?": "LocalAddress WanAddress ServerName Version Id",
    "list text?": "LocalAddresses RemoteAddresses",
  },
  User: {
    "text?": "Name ServerId ServerName Prefix ConnectUserName ConnectLinkType Id PrimaryImageTag UserItemShareLevel",
    "flag?": "HasPassword HasConfiguredPassword HasConfiguredEasyPassword EnableAutoLogin",
    "date?": "DateCreated LastLoginDate LastActivityDate",
    "double?": "PrimaryImageAspectRatio",
    "UserConfiguration?": "Configuration",
    "UserPolicy?": "Policy",
  },
  UserPage: { "list User?": "Items", "int?": "TotalRecordCount" },
  UserConfiguration: {
    "text?": "AudioLanguagePreference SubtitleLanguagePreference ProfilePin SubtitleMode IntroSkipMode",
    "flag?":
      "PlayDefaultAudioTrack DisplayMissingEpisodes HidePlayedInLatest HidePlayedInMoreLikeThis HidePlayedInSuggestions RememberAudioSelections RememberSubtitleSelections EnableNextEpisodeAutoPlay EnableLocalPassword",
    "int?": "ResumeRewindSeconds",
    "list text?": "OrderedViews LatestItemsExcludes MyMediaExcludes",
  },
  UserPolicy: {
    "flag?":
      "IsAdministrator IsHidden IsHiddenRemotely IsHiddenFromUnusedDevices IsDisabled AllowTagOrRating IsTagBlockingModeInclusive EnableUserPreferenceAccess EnableRemoteControlOfOtherUsers EnableSharedDeviceControl EnableRemoteAccess EnableLiveTvManagement EnableLiveTvAccess EnableMediaPlayback EnableAudioPlaybackTranscoding EnableVideoPlaybackTranscoding EnablePlaybackRemuxing EnableContentDeletion EnableContentDownloading EnableSubtitleDownloading EnableSubtitleManagement EnableSyncTranscoding EnableMediaConversion EnableAllChannels EnableAllFolders EnablePublicSharing EnableAllDevices AllowCameraUpload AllowSharingPersonalItems",
    "int?": "LockedOutDate MaxParentalRating InvalidLoginAttemptCount RemoteClientBitrateLimit SimultaneousStreamLimit",
    "text?": "AuthenticationProviderId",
    "list text?":
      "BlockedTags IncludeTags BlockUnratedItems RestrictedFeatures EnableContentDeletionFromFolders EnabledChannels EnabledFolders ExcludedSubFolders EnabledDevices",
    "list object?": "AccessSchedules",
  },
  SignedIn: { "User?": "User", "Session?": "SessionInfo", "text?": "AccessToken ServerId" },
  Session: {
    "PlayState?": "PlayState",
    "list SessionUser?": "AdditionalUsers",
    "text?":
      "RemoteEndPoint Protocol PlaylistItemId Id ServerId UserId UserName UserPrimaryImageTag Client DeviceName DeviceType DeviceId ApplicationVersion AppIconUrl",
    "list text?": "PlayableMediaTypes SupportedCommands",
    "int?": "PlaylistIndex PlaylistLength InternalDeviceId",
    "date?": "LastActivityDate",
    "Item?": "NowPlayingItem",
    "object?": "TranscodingInfo",
    "flag?": "SupportsRemoteControl",
  },
  SessionUser: { "text?": "UserId UserName", "int?": "UserInternalId" },
  PlayState: {
    "int?": "PositionTicks VolumeLevel AudioStreamIndex SubtitleStreamIndex SubtitleOffset",
    "flag?": "CanSeek IsPaused IsMuted Shuffle",
    "text?": "MediaSourceId PlayMethod RepeatMode SleepTimerMode",
    "date?": "SleepTimerEndTime",
    "double?": "PlaybackRate",
    "object?": "MediaSource",
  },
  ItemPage: { "list Item?": "Items", "int?": "TotalRecordCount" },
  Item: {
    "text?":
      "Name OriginalTitle ServerId Id Guid Etag Prefix TunerName PlaylistItemId ExtraType PresentationUniqueKey PreferredMetadataLanguage PreferredMetadataCountryCode SyncStatus Container SortName ForcedSortName Video3DFormat GameSystem Path OfficialRating CustomRating ChannelId ChannelName Overview FileName Number ChannelNumber ParentId Type ParentLogoItemId ParentBackdropItemId SeriesName SeriesId SeasonId DisplayPreferencesId Status Album CollectionType DisplayOrder AlbumId AlbumPrimaryImageTag SeriesPrimaryImageTag AlbumArtist SeasonName ParentLogoImageTag SeriesStudio PrimaryImageItemId PrimaryImageTag ParentThumbItemId ParentThumbImageTag LocationType MediaType EpisodeTitle",
    "date?": "DateCreated PremiereDate EndDate StartDate",
    "int?":
      "SortIndexNumber SortParentIndexNumber GameSystemId RunTimeTicks Size Bitrate ProductionYear IndexNumber IndexNumberEnd ParentIndexNumber LocalTrailerCount RecursiveItemCount ChildCount SeasonCount SpecialFeatureCount PartCount Width Height MovieCount SeriesCount",
    "double?": "CriticRating CommunityRating PrimaryImageAspectRatio CompletionPercentage",
    "flag?":
      "CanDelete CanDownload CanEditItems SupportsResume SupportsSync CanManageAccess CanLeaveContent CanMakePublic AsSeries IsFolder LockData IsRepeat IsNew IsMovie IsSports IsSeries IsLive IsNews IsKids IsPremiere Disabled",
    "map?": "ProviderIds ImageTags",
    "list text?":
      "ProductionLocations Taglines Genres ParentBackdropImageTags AirDays Tags Artists BackdropImageTags LockedFields",
    "list object?": "ExternalUrls MediaSources RemoteTrailers People MediaStreams Chapters",
    "list NameId?": "Studios GenreItems TagItems",
    "UserItemData?": "UserData",
  },
  UserItemData: {
    "int?": "UnplayedItemCount PlaybackPositionTicks PlayCount",
    "double?": "Rating PlayedPercentage",
    "flag?": "IsFavorite Played",
    "date?": "LastPlayedDate",
    "text?": "Key ItemId ServerId",
  },
  NameId: { "text?": "Name", "int?": "Id" },
  UserDataChanged: { text: "MessageType", "UserDataChange?": "Data" },
  UserDataChange: { text: "UserId", "list UserItemData": "UserDataList" },
};

/** Enumerations are plain texts in Emby's document; the words its pages name are fewer than the server knows. */
const embyListing: Shape = {
  text: "ParentId Ids IncludeItemTypes Fields EnableImageTypes SortBy SortOrder Filters",
  flag: "Recursive EnableUserData EnableImages GroupItemsIntoCollections",
  int: "StartIndex Limit ImageTypeLimit",
  date: "MinDateLastSavedForUser",
};

const embyRoutes: readonly DocumentedRoute[] = [
  { method: "GET", path: "/System/Info/Public", answer: "PublicInfo" },
  { method: "POST", path: "/Users/AuthenticateByName", answer: "SignedIn" },
  {
    method: "GET",
    path: "/Users/Query",
    query: { flag: "IsHidden IsDisabled", int: "StartIndex Limit" },
    answer: "UserPage",
  },
  { method: "GET", path: "/Users/{Id}", answer: "User" },
  { method: "GET", path: "/Users/{UserId}/Views", query: { flag: "IncludeExternalContent" }, answer: "ItemPage" },
  { method: "GET", path: "/Users/{UserId}/Items", query: embyListing, answer: "ItemPage" },
  // `yyyyMMddHHmmss`, as the document says.
  {
    method: "POST",
    path: "/Users/{UserId}/PlayedItems/{Id}",
    query: { digits: "DatePlayed" },
    answer: "UserItemData",
  },
  { method: "DELETE", path: "/Users/{UserId}/PlayedItems/{Id}", answer: "UserItemData" },
  { method: "GET", path: "/Items/{Id}/Ancestors", query: { text: "UserId" }, answer: "list Item" },
  {
    method: "GET",
    path: "/Items/{Id}/Images/{Type}",
    query: { int: "MaxWidth MaxHeight Quality", text: "Tag" },
    answer: "picture",
  },
  { method: "GET", path: "/Sessions", query: { text: "DeviceId" }, answer: "list Session" },
  { method: "POST", path: "/Sessions/Logout", answer: "none" },
];

export const documents: Record<MediaStyle, ApiDocument> = {
  "jellyfin-10.8": { shapes: jellyfin108, routes: [...jellyfinRoutes, ...oldFamily] },
  "jellyfin-10.11": { shapes: jellyfin1011, routes: [...jellyfinRoutes, ...newFamily] },
  "jellyfin-12": { shapes: jellyfin12, routes: [...jellyfinRoutes, ...newFamily] },
  emby: { shapes: emby, routes: embyRoutes },
};
