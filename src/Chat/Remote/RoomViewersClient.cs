using BigTech.BuildingBlocks.Web.Services;
using BigTech.Chat.Features;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Remote;

/// <summary>
/// The viewers of rooms, from all replicas of the Chat context: each knows its own streams. An unavailable replica counts as one without
/// viewers. A user may then be notified of a message that they see, which is better than no notification of one that they do not see.
/// </summary>
internal sealed class RoomViewersClient(ServiceClient service) : IRoomViewers, IDisposable
{
    public async ValueTask<IReadOnlyDictionary<long, IReadOnlySet<long>>> Find(IReadOnlyCollection<long> roomIds, CancellationToken ct)
    {
        var answers = await service.AskAll(
            ChatInternalEndpoints.RoomViewersPath, new RoomViewersQuestion([.. roomIds]), ChatJson.Default.RoomViewersQuestion,
            ChatJson.Default.RoomViewersAnswerArray, ct);
        return answers.SelectMany(answer => answer).GroupBy(room => room.RoomId)
            .ToDictionary(room => room.Key, IReadOnlySet<long> (room) => room.SelectMany(part => part.UserIds).ToHashSet());
    }

    public void Dispose() => service.Dispose();
}
