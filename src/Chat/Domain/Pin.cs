namespace BigTech.Chat.Domain;

/// <summary>A pinned message of a room.</summary>
internal sealed record Pin(long Seq, long PinnedBy, DateTimeOffset PinnedAt);
