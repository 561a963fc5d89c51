using System.Diagnostics;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Contracts.Friends;
using BigTech.Friends.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Friends.Storage;

/// <summary>A committed change.</summary>
internal readonly record struct RelationChange(Relation Before, Relation After);

/// <summary>
/// The relations of users. <see cref="Change"/> is the only way to change them, so every change is published: the events follow from the
/// state before and after, in the same transaction, and open streams receive the change after the commit.
/// </summary>
internal sealed class RelationStore(
    [FromKeyedServices(FriendsDatabase.Name)] Store store, IFriendshipPublisher publisher, TimeProvider time)
{
    /// <summary>The pair of a friendship or request; null if the id is unknown.</summary>
    public ValueTask<Pair?> FindPair(long friendshipId, CancellationToken ct) =>
        store.Read(reader => RelationRows.FindPair(reader, friendshipId), ct);

    /// <summary>Runs a command on the current state of a pair. A single writer runs all commands, one after the other.</summary>
    /// <param name="actorId">The user of the pair who runs the command.</param>
    /// <param name="change">May run more than once; throws an <see cref="AppError"/> to leave everything unchanged.</param>
    public Task<RelationChange> Change(Pair pair, long actorId, Func<Relation, DateTimeOffset, Relation> change) => store.Write(work =>
    {
        var before = RelationRows.Load(work, pair);
        var now = RelationRows.NotBeforeTheLastBlock(work, time.GetDbNow());
        var after = change(before, now);
        if (after.Friendship is { } friendship && friendship != before.Friendship)
        {
            var version = RelationRows.NextVersion(work);
            var saved = RelationRows.Save(work, friendship, version);
            after = after with { Friendship = saved };
            Append(work, saved, actorId);
            work.AfterCommit(() =>
            {
                publisher.Publish(new FriendshipChange(saved, version, Stopwatch.GetTimestamp()));
                FriendMetrics.Changed(saved.Status);
            });
        }
        SaveBlock(work, before.BlockOf(actorId), after.BlockOf(actorId), now);
        return new RelationChange(before, after);
    });

    private static void Append(UnitOfWork work, Friendship now, long actorId)
    {
        switch (now.Status)
        {
            case FriendshipStatus.Pending:
                work.Append(new FriendRequestSent(now.Id, now.RequesterId, now.AddresseeId, now.Message, now.RequestedAt));
                break;
            case FriendshipStatus.Accepted:
                work.Append(new FriendRequestAccepted(now.Id, now.RequesterId, now.AddresseeId, now.ChangedAt));
                break;
            case FriendshipStatus.Rejected:
                work.Append(new FriendRequestRejected(now.Id, now.RequesterId, now.AddresseeId, now.ChangedAt));
                break;
            case FriendshipStatus.Cancelled:
                work.Append(new FriendRequestCancelled(now.Id, now.RequesterId, now.AddresseeId, now.ChangedAt));
                break;
            case FriendshipStatus.Ended:
                work.Append(new FriendDeleted(now.Id, actorId, now.Pair.Other(actorId), now.ChangedAt));
                break;
            default:
                throw new InvalidOperationException($"There is no event for {now.Status}.");
        }
    }

    private static void SaveBlock(UnitOfWork work, Block? before, Block? after, DateTimeOffset now)
    {
        if (before == after) return;
        RelationRows.SetTimeOfTheLastBlock(work, now);
        if (after is not null)
        {
            RelationRows.Save(work, after);
            work.Append(new UserBlocked(after.BlockerId, after.BlockedId, after.At));
            return;
        }
        RelationRows.Delete(work, before!);
        work.Append(new UserUnblocked(before!.BlockerId, before.BlockedId, now));
    }
}
