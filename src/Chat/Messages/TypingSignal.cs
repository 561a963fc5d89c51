namespace BigTech.Chat.Messages;

/// <summary>A member types, or has stopped. It is not replayed, and no change of the room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Version">The room's version at that time; typing does not change it.</param>
/// <param name="UserId">The id of the user.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="IsTyping">Whether they type.</param>
/// <param name="ExpiresAt">When a client removes the indicator unless it receives another event; null when the typing has ended.</param>
internal sealed record TypingEvent(long RoomId, long Version, long UserId, string Username, bool IsTyping, DateTimeOffset? ExpiresAt);

/// <summary>A member's typing, as replicas exchange it.</summary>
/// <param name="Version">The room's version when the member was last known to be in it.</param>
/// <param name="ExpiresAt">Null: the member's last stream of the room has closed at the sending replica; then only room and user are
/// set.</param>
/// <param name="HiddenFrom">The members who block this one or are blocked by them.</param>
internal sealed record TypingSignal(
    long RoomId, long Version, long UserId, string Username, DateTimeOffset? ExpiresAt, IReadOnlyCollection<long> HiddenFrom);
