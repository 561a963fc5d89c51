using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// Follows all partitions of a topic from their ends, without a group and without stored offsets. After brokers were unavailable it
/// continues at its last position.
/// </summary>
internal sealed class KafkaTopicFollower : ITopicFollower
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly TopicHandler _handler;
    private readonly KafkaClients _clients;
    private readonly KafkaTopics _topics;
    private readonly BusOptions _options;
    private readonly IConsumer<string, byte[]?> _consumer;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private bool _isAssigned;

    public KafkaTopicFollower(TopicHandler handler, KafkaClients clients, KafkaTopics topics, BusOptions options)
    {
        _handler = handler;
        _clients = clients;
        _topics = topics;
        _options = options;
        // A position that the brokers no longer have is an error here, not a reason to start over silently.
        _consumer = clients.Consumer("tail", config => config.AutoOffsetReset = AutoOffsetReset.Error).Build();
        _thread = new Thread(Loop) { Name = $"follower of {handler.Topic}", IsBackground = true };
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
                if (_consumer.Consume(Poll) is { } record) Handle(record);
                failures = 0;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (ConsumeException error) when (error.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
            {
                _handler.ReportPositionLost(error.Error.Reason);
                _isAssigned = false;
            }
            catch (Exception error)
            {
                _handler.ReportFailure(error);
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
        var topic = admin.GetMetadata(_clients.NameOf(_handler.Topic), AnswerTime).Topics.Single();
        if (topic.Error.IsError) throw new KafkaException(topic.Error);
        // The end as a number: with the symbolic end, events during an interruption before the first event would be missed.
        _consumer.Assign(topic.Partitions.ConvertAll(partition =>
        {
            var place = new TopicPartition(topic.Topic, partition.PartitionId);
            return new TopicPartitionOffset(place, _consumer.QueryWatermarkOffsets(place, AnswerTime).High);
        }));
        _isAssigned = true;
        // From the second assignment on, there are events between the old and the new position.
        if (!_started.TrySetResult()) _handler.ReportGap();
    }

    private void Handle(ConsumeResult<string, byte[]?> record)
    {
        _clients.NoteAnswer();
        _handler.Handle(EventRecords.ToEvent(record, _handler.Topic));
    }
}
