using BigTech.Chat.Storage.Coherence;
using BigTech.Contracts.Friends;

namespace BigTech.Chat.Storage;

/// <summary>
/// Asks the Friend context who is a friend of the caller, only where a rule depends on it. A transaction cannot wait for the answer, so it
/// ends without a trace and runs again with it. Nothing is remembered for the next request.
/// </summary>
internal sealed class FriendshipChecks(IFriendDirectory friends)
{
    /// <summary>Runs a change that may throw <see cref="FriendshipsNeeded"/>.</summary>
    /// <exception cref="AppError">503 <c>service_unavailable</c>, <c>store_unavailable</c>: nothing was done.</exception>
    public async Task<T> Run<T>(long callerId, Func<KnownFriendships, Task<T>> change, CancellationToken ct)
    {
        var known = new KnownFriendships();
        while (true)
        {
            try
            {
                return await change(known);
            }
            catch (FriendshipsNeeded needed)
            {
                known.Add(needed.Users, await friends.FindFriends(callerId, needed.Users, ct));
            }
        }
    }

    public async Task<bool> AreFriends(long callerId, long otherId, CancellationToken ct) =>
        (await friends.FindFriends(callerId, [otherId], ct)).Count > 0;
}
