using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Friends.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Friends.Storage;

/// <summary>The friendships for other contexts, within one process.</summary>
internal sealed class FriendDirectory([FromKeyedServices(FriendsDatabase.Name)] Store store) : IFriendDirectory
{
    private static readonly DialectSql AmongSql = JsonRowSet.Joined(["low", "high"], given => $"""
        SELECT f.low_id, f.high_id FROM {given} friendships f ON f.low_id = given.low AND f.high_id = given.high
        WHERE f.status = 'accepted'
        """);

    public async Task<IReadOnlyList<long>> FindFriends(long userId, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var pairs = ids.Where(id => id != userId).Distinct().Select(id => Pair.Create(userId, id)).ToList();
        if (pairs.Count == 0) return [];
        var found = await store.Read(
            reader => reader.Prepared(AmongSql).Bind(1, JsonRowSet.From(pairs.Select(pair => (pair.Low, pair.High))))
                .Query(row => Pair.Create(row.Number(0), row.Number(1))), ct);
        return found.ConvertAll(pair => pair.Other(userId));
    }
}
