namespace BigTech.Tests.EndToEnd;

/// <summary>A stream that breaks now and then while people act, and each time goes on behind the last id that came.</summary>
public static class FollowedStream
{
    /// <summary>Reads events until the acting is over, over several connections, and keeps a stream open for what is still to come.</summary>
    /// <param name="open">Opens the stream behind an id.</param>
    /// <returns>The events of all cut connections, and the last one.</returns>
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
