namespace BigTech.Contracts.Friends;

/// <summary>Friendship lookup in the Friend context, for rules that cannot wait for an event.</summary>
public interface IFriendDirectory
{
    /// <summary>Those of <paramref name="ids"/> who are friends of the user now, in no order.</summary>
    Task<IReadOnlyList<long>> FindFriends(long userId, IReadOnlyCollection<long> ids, CancellationToken ct);
}
