using Confluent.Kafka;

namespace BigTech.BuildingBlocks.Events.Kafka;

/// <summary>
/// The dead letters of all consumer groups: for each topic a compacted topic <c>&lt;topic&gt;.dlq</c>, keyed by group and event. The newest
/// record of a key is the current state of the dead letter; an empty record marks it as handled, so that the brokers delete it.
/// </summary>
internal sealed class DeadLetterTopics(KafkaClients clients, KafkaTopics topics, TimeProvider time) : IDisposable
{
    // The maximum number of dead letters in memory.
    private const int ReadBatchSize = 100;

    private readonly Lazy<IProducer<string, byte[]?>> _producer = new(clients.DeadLetterProducer);
    private readonly DeadLetterReader _reader = new(clients);

    /// <summary>The name of the dead letter topic of a topic.</summary>
    public static string NameOf(string topic) => topic + ".dlq";

    /// <summary>Writes a dead letter for an event with its error.</summary>
    /// <param name="partition">The partition of the event.</param>
    /// <exception cref="AppError">503: Kafka did not accept it.</exception>
    public Task<bool> Add(Subscription subscription, EventEnvelope e, int partition, Exception error, int attempts) =>
        Write(subscription, new DeadLetterRecord(subscription.Group, e, partition, DeadLetter.Describe(error), attempts));

    /// <summary>The dead letters of a group for one topic, oldest first.</summary>
    /// <exception cref="AppError">503: Kafka does not answer.</exception>
    public async Task<List<DeadLetter>> List(Subscription subscription, CancellationToken ct)
    {
        var listed = new List<DeadLetter>();
        foreach (var some in (await FindWaiting(subscription, ct)).Chunk(ReadBatchSize))
        {
            var letters = await Read(subscription, some, ct);
            listed.AddRange(letters.Select(letter => new DeadLetter(letter.Event.Id, letter.Event.Type, letter.Event.Key, letter.Error,
                letter.Attempts)));
        }
        return listed;
    }

    /// <inheritdoc cref="List"/>
    public async ValueTask<long> Count(Subscription subscription, CancellationToken ct) => (await FindWaiting(subscription, ct)).Count;

    /// <summary>Handles a group's dead letters of one topic again, oldest first; those that fail stay, with their new error.</summary>
    /// <exception cref="AppError">503: Kafka or the store does not answer.</exception>
    public async Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct)
    {
        var (handled, remaining) = (0, 0);
        foreach (var some in (await FindWaiting(subscription, ct)).Chunk(ReadBatchSize))
        {
            foreach (var letter in await Read(subscription, some, ct))
            {
                if (await TryHandle(subscription, letter, ct)) handled++;
                else remaining++;
            }
        }
        return (handled, remaining);
    }

    public void Dispose()
    {
        _reader.Dispose();
        if (_producer.IsValueCreated) _producer.Value.Dispose();
    }

    private async Task<bool> TryHandle(Subscription subscription, DeadLetterRecord letter, CancellationToken ct)
    {
        var processed = new ProcessedEvents(subscription, time);
        var error = await subscription.TryHandle([letter.Event], work => processed.Record([letter.Event], work), ct);
        var isHandled = error is null or AlreadyHandledException;
        // After the effect: a crash in between leaves a dead letter whose event is in the processed events.
        if (isHandled) await Produce(subscription, new Message<string, byte[]?> { Key = letter.Id });
        else await Write(subscription, letter with { Error = DeadLetter.Describe(error!), Attempts = letter.Attempts + 1 });
        return isHandled;
    }

    /// <summary>The waiting dead letters, without those whose event has been handled after a second delivery.</summary>
    private async Task<List<WaitingDeadLetter>> FindWaiting(Subscription subscription, CancellationToken ct)
    {
        await RequireTopics(ct);
        var letters = await Task.Run(() => _reader.FindWaiting(subscription.Topic, subscription.Group), ct);
        if (letters.Count == 0) return letters;
        var handled = await new ProcessedEvents(subscription, time).Handled([.. letters.Select(letter => letter.EventId)], ct);
        return letters.FindAll(letter => !handled.Contains(letter.EventId));
    }

    private Task<List<DeadLetterRecord>> Read(Subscription subscription, WaitingDeadLetter[] some, CancellationToken ct) =>
        Task.Run(() => _reader.Read(subscription.Topic, Array.ConvertAll(some, letter => letter.Offset)), ct);

    private async Task RequireTopics(CancellationToken ct)
    {
        try
        {
            await topics.Ready(ct).WaitAsync(DeadLetterReader.MaxWait, time, ct);
        }
        catch (TimeoutException error)
        {
            throw AppError.Unavailable("bus_unavailable", "Kafka does not answer now.", error);
        }
    }

    private Task<bool> Write(Subscription subscription, DeadLetterRecord letter) => Produce(subscription, letter.ToRecord());

    private async Task<bool> Produce(Subscription subscription, Message<string, byte[]?> record)
    {
        try
        {
            await _producer.Value.ProduceAsync(clients.NameOf(NameOf(subscription.Topic)), record, CancellationToken.None);
            return true;
        }
        catch (ProduceException<string, byte[]?> error)
        {
            throw AppError.Unavailable("bus_unavailable", "Kafka does not take dead letters now.", error);
        }
    }
}

/// <summary>An event that a group could not handle, as a record of a dead letter topic.</summary>
/// <param name="Partition">The partition in the original topic; <see cref="EventEnvelope.Position"/> is its offset there.</param>
internal sealed record DeadLetterRecord(string Group, EventEnvelope Event, int Partition, string Error, int Attempts)
{
    private const string GroupHeader = "dlq_group";
    private const string KeyHeader = "dlq_key";
    private const string ErrorHeader = "dlq_error";
    private const string AttemptsHeader = "dlq_attempts";
    private const string TopicHeader = "dlq_topic";
    private const string PartitionHeader = "dlq_partition";
    private const string OffsetHeader = "dlq_offset";

    /// <summary>The key of the record: one dead letter per event and group.</summary>
    public string Id => $"{KeysOf(Group)}{Event.Id}";

    /// <summary>The key prefix of a group's dead letters.</summary>
    public static string KeysOf(string group) => group + "/";

    public Message<string, byte[]?> ToRecord() => new()
    {
        Key = Id,
        Value = Event.Data,
        Headers = EventRecords.HeadersOf(Event, "/bigtech/dlq")
            .With(GroupHeader, Group)
            .With(KeyHeader, Event.Key)
            .With(ErrorHeader, Error)
            .With(AttemptsHeader, Attempts.ToString(CultureInfo.InvariantCulture))
            .With(TopicHeader, Event.Topic)
            .With(PartitionHeader, Partition.ToString(CultureInfo.InvariantCulture))
            .With(OffsetHeader, Event.Position.ToString(CultureInfo.InvariantCulture)),
    };

    /// <summary>Whether a record is a dead letter, not the mark of a handled one.</summary>
    public static bool IsOne(ConsumeResult<string, byte[]?> record) => record.Message.Headers.Text(GroupHeader) is not null;

    /// <summary>The dead letter of a record; null when the record marks a handled one.</summary>
    public static DeadLetterRecord? From(ConsumeResult<string, byte[]?> record, string topic)
    {
        var headers = record.Message.Headers;
        if (headers.Text(GroupHeader) is not { } group) return null;
        var e = EventRecords.ToEvent(record, topic) with { Key = headers.Text(KeyHeader) ?? "", Position = Number(headers, OffsetHeader) };
        return new DeadLetterRecord(
            group, e, (int)Number(headers, PartitionHeader), headers.Text(ErrorHeader) ?? "", (int)Number(headers, AttemptsHeader));
    }

    private static long Number(Headers headers, string name) =>
        long.TryParse(headers.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
