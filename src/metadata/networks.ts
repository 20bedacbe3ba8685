/**
 * Networks that many look for. The numbers are TMDB's, as in the address of a network's page on its site; its API has no
 * search for them. To the other sources only the names matter.
 */
export const knownNetworks: readonly { name: string; tmdb: number }[] = [
  { name: "ABC", tmdb: 2 },
  { name: "Adult Swim", tmdb: 80 },
  { name: "AMC", tmdb: 174 },
  { name: "Apple TV+", tmdb: 2552 },
  { name: "BBC One", tmdb: 4 },
  { name: "BBC Two", tmdb: 332 },
  { name: "Cartoon Network", tmdb: 56 },
  { name: "CBS", tmdb: 16 },
  { name: "Channel 4", tmdb: 26 },
  { name: "Comedy Central", tmdb: 47 },
  { name: "Disney+", tmdb: 2739 },
  { name: "FOX", tmdb: 19 },
  { name: "FX", tmdb: 88 },
  { name: "HBO", tmdb: 49 },
  { name: "Hulu", tmdb: 453 },
  { name: "ITV1", tmdb: 9 },
  { name: "NBC", tmdb: 6 },
  { name: "Netflix", tmdb: 213 },
  { name: "Nickelodeon", tmdb: 13 },
  { name: "Paramount+", tmdb: 4330 },
  { name: "PBS", tmdb: 14 },
  { name: "Peacock", tmdb: 3353 },
  { name: "Prime Video", tmdb: 1024 },
  { name: "Showtime", tmdb: 67 },
  { name: "Starz", tmdb: 318 },
  { name: "Syfy", tmdb: 77 },
  { name: "The CW", tmdb: 71 },
  { name: "USA Network", tmdb: 30 },
];
