namespace BigTech.BuildingBlocks.Events;

/// <summary>What a follower of a topic does with each event, and how it reports failures.</summary>
/// <param name="topic">The topic that is followed.</param>
/// <param name="handle">Receives each event.</param>
/// <param name="gap">Called when an event was not handled.</param>
internal sealed partial class TopicHandler(string topic, Action<EventEnvelope> handle, Action gap, ILogger logger)
{
    public string Topic => topic;

    /// <summary>Handles an event; a failure is a gap.</summary>
    public void Handle(EventEnvelope e)
    {
        try
        {
            handle(e);
        }
        catch (Exception error)
        {
            LogHandlerFailed(error, e.Type, e.Id);
            gap();
        }
    }

    /// <summary>Events were missed.</summary>
    public void ReportGap() => gap();

    /// <summary>The position in the topic is lost, and so are events.</summary>
    public void ReportPositionLost(string reason) => LogPositionLost(topic, reason);

    /// <summary>Reading the topic failed; the follower retries.</summary>
    public void ReportFailure(Exception error) => LogFollowingFailed(error, topic);

    [LoggerMessage(1, LogLevel.Error, "Following {Topic} failed; retrying")]
    private partial void LogFollowingFailed(Exception error, string topic);

    [LoggerMessage(2, LogLevel.Error, "Handling {Type} {EventId} failed; streams repair the gap from the store")]
    private partial void LogHandlerFailed(Exception error, string type, string eventId);

    [LoggerMessage(3, LogLevel.Warning, "Position in {Topic} lost ({Reason}); streams repair the gap from the store")]
    private partial void LogPositionLost(string topic, string reason);
}
