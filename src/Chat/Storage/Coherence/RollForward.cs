using BigTech.Chat.Domain;

namespace BigTech.Chat.Storage.Coherence;

/// <summary>A stored message of a transaction that did not complete.</summary>
/// <param name="Reactions">The changes of that transaction, if they were reactions alone.</param>
internal sealed record UncommittedMessage(Message Message, string Username, IReadOnlyList<ReactionChange> Reactions);

/// <summary>One change that a room takes from it.</summary>
/// <param name="Room">The room after the change.</param>
/// <param name="Reaction">Null when the whole message is new or changed.</param>
internal sealed record RolledForward(Room Room, Message Message, bool IsNew, ReactionChange? Reaction = null);

/// <summary>How a room takes what the store of messages has and the room does not count: the writer died, or got no answer.</summary>
internal static class RollForward
{
    /// <summary>
    /// A message's place and version are the room's next ones. If another change has taken them since, it moves up: no client has seen
    /// them. A message of a deleted room is erased with it.
    /// </summary>
    public static IEnumerable<RolledForward> Apply(Room room, UncommittedMessage uncommitted)
    {
        var found = uncommitted.Message;
        if (room.IsDeleted) yield break;
        if (found.Seq > room.LastSeq)
        {
            var (posted, message) = room.Post(found);
            yield return new RolledForward(posted, message, IsNew: true);
            yield break;
        }
        if (uncommitted.Reactions.Count == 0)
        {
            var (changed, message) = room.Change(found);
            yield return new RolledForward(changed, message, IsNew: false);
            yield break;
        }
        foreach (var reaction in uncommitted.Reactions)
        {
            room = room.Touch();
            yield return new RolledForward(room, found with { Version = room.Version }, IsNew: false, reaction);
        }
    }
}
