using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// Follows all partitions of a topic from their ends, without a group and without stored offsets. After brokers were unavailable it
/// continues at its last position.
/// </summary>
internal sealed partial class KafkaTopicFollower : ITopicFollower
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly string _topic;
    private readonly Action<EventEnvelope> _handle;
    private readonly Action _gap;
    private readonly KafkaClients _clients;
    private readonly KafkaTopics _topics;
    private readonly BusOptions _options;
    private readonly ILogger _logger;
    private readonly IConsumer<string, byte[]?> _consumer;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private bool _isAssigned;

    public KafkaTopicFollower(
        string topic, Action<EventEnvelope> handle, Action gap, KafkaClients clients, KafkaTopics topics, BusOptions options, ILogger logger)
    {
        _topic = topic;
        _handle = handle;
        _gap = gap;
        _clients = clients;
        _topics = topics;
        _options = options;
        _logger = logger;
        // A position that the brokers no longer have is an error here, not a reason to start over silently.
        _consumer = clients.Consumer("tail", config => config.AutoOffsetReset = AutoOffsetReset.Error).Build();
        _thread = new Thread(Loop) { Name = $"tail of {topic}", IsBackground = true };
        _thread.Start();
    }

    public Task Started => _started.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _ended.Task;
        _started.TrySetCanceled();
        _stop.Dispose();
    }

    private void Loop()
    {
        var ct = _stop.Token;
        var failures = 0;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!_isAssigned) AssignAtEnd(ct);
                if (_consumer.Consume(Poll) is { } record) Handle(EventRecords.ToEvent(record, _topic));
                failures = 0;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (ConsumeException error) when (error.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
            {
                LogPositionLost(_topic, error.Error.Reason);
                _isAssigned = false;
            }
            catch (Exception error)
            {
                LogStepFailed(error, _topic);
                ct.WaitHandle.WaitOne(_options.RetryDelay(++failures));
            }
        }
        _consumer.Dispose();
        _ended.TrySetResult();
    }

    private void AssignAtEnd(CancellationToken ct)
    {
        _topics.Ready(ct).GetAwaiter().GetResult();
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var topic = admin.GetMetadata(_clients.NameOf(_topic), AnswerTime).Topics.Single();
        if (topic.Error.IsError) throw new KafkaException(topic.Error);
        // The end as a number: with the symbolic end, events during an interruption before the first event would be missed.
        _consumer.Assign(topic.Partitions.ConvertAll(partition =>
        {
            var place = new TopicPartition(topic.Topic, partition.PartitionId);
            return new TopicPartitionOffset(place, _consumer.QueryWatermarkOffsets(place, AnswerTime).High);
        }));
        _isAssigned = true;
        // From the second assignment on, there are events between the old and the new position.
        if (!_started.TrySetResult()) _gap();
    }

    private void Handle(EventEnvelope e)
    {
        try
        {
            _clients.NoteAnswer();
            _handle(e);
        }
        catch (Exception error)
        {
            LogHandlerFailed(error, e.Type, e.Id);
            _gap();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Following {Topic} failed; retrying")]
    private partial void LogStepFailed(Exception error, string topic);

    [LoggerMessage(2, LogLevel.Error, "Handling {Type} {EventId} failed; streams repair the gap from the store")]
    private partial void LogHandlerFailed(Exception error, string type, string eventId);

    [LoggerMessage(3, LogLevel.Warning, "Position in {Topic} lost ({Reason}); streams repair the gap from the store")]
    private partial void LogPositionLost(string topic, string reason);
}
