using BigTech.Chat.Domain;
using BigTech.Chat.Messages;

namespace BigTech.Chat.Storage;

/// <summary>Receives what the writer has committed, on its thread and in the order of the commits. Its methods must not block.</summary>
internal interface IRoomPublisher
{
    /// <summary>Sends a change of a room to the streams that show the room.</summary>
    void Publish(StreamEvent e);

    /// <summary>Users have become members of a room: their streams of all rooms show it from now on.</summary>
    /// <param name="since">The room's version before the first change that they receive.</param>
    void AddMembers(IEnumerable<long> userIds, Room room, long since);

    /// <summary>Changes may have been committed and not published: the streams read them from the store.</summary>
    void ReportMissedEvents();
}
