using BigTech.Chat.Features;
using BigTech.Contracts.Chat;
using BigTech.Platform.Services;

namespace BigTech.Chat.Remote;

/// <summary>
/// Who has which room before his eyes, from all replicas of the Chat context: each knows its own streams. A replica that cannot be asked
/// has no viewers: somebody is then told of a message that he sees, which is better than not being told of one that he does not.
/// </summary>
internal sealed class RoomViewersClient(ServiceClient service) : IRoomViewers, IDisposable
{
    public async ValueTask<IReadOnlyDictionary<long, IReadOnlySet<long>>> Find(IReadOnlyCollection<long> roomIds, CancellationToken ct)
    {
        var answers = await service.AskAll(
            ChatInternalEndpoints.RoomViewersPath, new RoomViewersQuestion([.. roomIds]), ChatJson.Default.RoomViewersQuestion, ChatJson.Default.RoomViewersAnswerArray, ct);
        return answers.SelectMany(answer => answer).GroupBy(room => room.RoomId)
            .ToDictionary(room => room.Key, IReadOnlySet<long> (room) => room.SelectMany(part => part.UserIds).ToHashSet());
    }

    public void Dispose() => service.Dispose();
}
