using System.Diagnostics;
using BigTech.Friends.Domain;

namespace BigTech.Friends.Storage;

/// <summary>A friendship after a change.</summary>
/// <param name="CommittedAt">By <see cref="Stopwatch"/>; 0 for a change that is read from the store.</param>
internal readonly record struct FriendshipChange(Friendship Friendship, long Version, long CommittedAt = 0);

/// <summary>Receives what the writer has committed, on its thread and in the order of the commits.</summary>
internal interface IFriendshipPublisher
{
    /// <summary>
    /// Sends a change to the open streams of both users; must not block. A stream that opens later finds it in the store.
    /// </summary>
    void Publish(FriendshipChange change);
}
