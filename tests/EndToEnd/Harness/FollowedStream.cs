namespace BigTech.Tests.EndToEnd;

/// <summary>A stream that is cut several times while users act, and that resumes each time after the last received id.</summary>
public static class FollowedStream
{
    /// <summary>Reads events over several connections until the acting ends, and leaves a stream open for later events.</summary>
    /// <param name="open">Opens the stream after an id.</param>
    /// <returns>The events of all cut connections, and the last stream.</returns>
    public static async Task<(List<SseEvent> Events, SseClient Last)> While(
        Task acting, Func<string, Task<SseClient>> open, string lastEventId, Random random)
    {
        var events = new List<SseEvent>();
        while (true)
        {
            var stream = await open(lastEventId);
            if (acting.IsCompleted)
            {
                await acting;
                return (events, stream);
            }
            var enough = random.Next(1, 6);
            await Task.WhenAny(acting, stream.WaitUntil(all => all.Count > enough, $"{enough} events"));
            await stream.DisposeAsync();
            events.AddRange(stream.Events);
            lastEventId = stream.LastEventId ?? lastEventId;
        }
    }
}
