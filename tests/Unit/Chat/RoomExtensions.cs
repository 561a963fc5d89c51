using BigTech.Chat.Domain;

namespace BigTech.Tests.Unit.Chat;

internal static class RoomExtensions
{
    /// <summary>The room after a message, for tests that do not need the message.</summary>
    public static Room Post(this Room room, long authorId, bool countable, DateTimeOffset now) =>
        room.Post(Message.Draft("id", authorId, countable ? MessageTypes.Text : MessageTypes.System, "", now)).Room;
}
