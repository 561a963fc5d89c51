using BigTech.WebClient.Browser;

namespace BigTech.WebClient.State;

/// <summary>The room that is shown: its messages, members and pins, and what the user does there.</summary>
public sealed class OpenRoom : Observable, IDisposable
{
    private const int PageSize = 50;
    private static readonly TimeSpan ReadPause = TimeSpan.FromSeconds(1);

    private readonly ChatClient _chat;
    private readonly RoomList _rooms;
    private readonly List<StreamEvent> _early = [];
    private readonly QuotedMessages _quoted;
    private ReadCounts _counts = new([]);
    private int _fetching;
    private bool _isClosed;
    private bool _isReading;
    private long _read;
    private Room? _listed;

    public OpenRoom(ChatClient chat, RoomList rooms, long id)
    {
        (_chat, _rooms, Id) = (chat, rooms, id);
        _quoted = new QuotedMessages(chat, id);
        _quoted.Changed += Tell;
        _rooms.Applied += Apply;
        _rooms.Changed += TakeListed;
        _ = Load();
    }

    public long Id { get; }

    /// <summary>Null until it is here; then always the newest version.</summary>
    public Room? Room { get; private set; }

    public MessageWindow Window { get; } = new();

    public IReadOnlyList<Pin> Pins { get; private set; } = [];

    /// <summary>Why the room cannot be shown, such as 403; null if it can.</summary>
    public ChatApiException? Refusal { get; private set; }

    /// <summary>Whether the room was deleted, or the user is no member any more, since it was opened.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The first message that was unread when the room was opened; 0 for none.</summary>
    public long FirstUnread { get; private set; }

    /// <summary>Whether the first unread message is further up than what is shown.</summary>
    public bool IsUnreadAbove => FirstUnread > 0 && Window.HasOlder && Window.Messages.Count > 0 && FirstUnread < Window.Messages[0].Seq;

    /// <summary>Whether the user looks at the newest messages.</summary>
    public bool IsAtEnd { get; private set; } = true;

    /// <summary>Newest messages that came while the user looked at others.</summary>
    public int NewBelow { get; private set; }

    /// <summary>The newest message of another user that came while it was open: screen readers say it.</summary>
    public Message? Announced { get; private set; }

    public long Me => _chat.Session.Current?.UserId ?? 0;

    public RoomMember? MyMembership => Room?.Members.FirstOrDefault(member => member.UserId == Me);

    public bool MayManage => MyMembership?.Role is MemberRoles.Owner or MemberRoles.Admin;

    public int Unread(Message message) => _counts.Unread(message);

    /// <summary>A message to which another one replies; null until it is here.</summary>
    public Message? Quoted(string id) => Window.Messages.FirstOrDefault(message => message.Id == id) ?? _quoted.Find(id);

    public void Dispose()
    {
        _isClosed = true;
        _rooms.Applied -= Apply;
        _rooms.Changed -= TakeListed;
    }

    /// <summary>The user has come to the end of the list, or has left it.</summary>
    public void SetAtEnd(bool isAtEnd)
    {
        if (IsAtEnd == isAtEnd) return;
        IsAtEnd = isAtEnd;
        if (isAtEnd && !Window.HasNewer) NewBelow = 0;
        MarkRead();
        Tell();
    }

    public Task LoadOlder() => Window.HasOlder
        ? Page(
            Window.Messages[0], (seq, ct) => _chat.Messages.List(Id, PageSize, before: seq, ct: ct),
            page => Window.AddOlder(page.Messages, page.HasMore))
        : Task.CompletedTask;

    public Task LoadNewer() => Window.HasNewer
        ? Page(
            Window.Messages[^1], (seq, ct) => _chat.Messages.List(Id, PageSize, after: seq, ct: ct),
            page => Window.AddNewer(page.Messages, page.HasMore))
        : Task.CompletedTask;

    /// <summary>Shows the newest messages again.</summary>
    public async Task LoadNewest()
    {
        if (Window.HasNewer) await Fetch(LoadPage);
        NewBelow = 0;
        IsAtEnd = true;
        MarkRead();
        Tell();
    }

    /// <summary>Shows the messages around one of them.</summary>
    /// <exception cref="ChatApiException">There is no such message.</exception>
    public async Task ShowAround(string messageId)
    {
        if (Window.Messages.Any(message => message.Id == messageId)) return;
        await Fetch(async () =>
        {
            var page = await _chat.Messages.List(Id, PageSize, around: messageId);
            var last = page.Messages.Count > 0 ? page.Messages.Max(message => message.Seq) : 0;
            IsAtEnd = false;
            Window.Replace(page.Messages, page.HasMore, last < (Room?.LastSeq ?? 0));
        });
        Tell();
    }

    /// <summary>Marks all as read that the user sees: the page is visible, and its newest messages are.</summary>
    public void MarkRead()
    {
        if (!_isReading && NewestToRead is not null) _ = SendRead();
    }

    private Message? NewestToRead
    {
        get
        {
            if (Room is null || !IsAtEnd || Window.HasNewer || Window.Messages.Count == 0 || !BrowserScript.IsVisible()) return null;
            var newest = Window.Messages[^1];
            return newest.Seq > Math.Max(_read, MyMembership?.ReadSeq ?? long.MaxValue) ? newest : null;
        }
    }

    /// <summary>One call at a time: what comes in a busy room meanwhile is marked together.</summary>
    private async Task SendRead()
    {
        _isReading = true;
        try
        {
            while (NewestToRead is { } newest)
            {
                await _chat.Messages.MarkRead(Id, newest.Id);
                _read = newest.Seq;
                await Task.Delay(ReadPause);
            }
        }
        catch (Exception error) when (error is HttpRequestException or ChatApiException or OperationCanceledException)
        {
            // With the next message, or when the page is looked at again.
        }
        finally
        {
            _isReading = false;
        }
    }

    private async Task Load()
    {
        try
        {
            await Fetch(LoadRoom);
            await LoadPins();
            MarkRead();
        }
        catch (ChatApiException refusal)
        {
            Refusal = refusal;
        }
        Tell();
    }

    private async Task LoadRoom()
    {
        var room = await Retried.Until(ct => _chat.Rooms.Get(Id, ct), () => !_isClosed);
        if (room is null) return;
        if (IsAtEnd || Window.Messages.Count == 0) await LoadPage();
        else await LoadShown();
        // It has all members; the list may be newer, and has only the first ones.
        Room = room;
        _counts = new ReadCounts(Room.Members);
        if (room.UnreadCount > 0) FirstUnread = (MyMembership?.ReadSeq ?? 0) + 1;
        _rooms.Put(room);
        TakeListed();
    }

    /// <summary>
    /// Fetches a part of the room. What the stream brings meanwhile is applied after it: the part may be older, and must not undo it.
    /// </summary>
    private async Task Fetch(Func<Task> load)
    {
        _fetching++;
        try
        {
            await load();
        }
        finally
        {
            if (--_fetching == 0) ApplyEarly();
        }
    }

    private void ApplyEarly()
    {
        var early = _early.ToArray();
        _early.Clear();
        foreach (var change in early) Apply(change);
    }

    private async Task LoadPage()
    {
        var page = await Retried.Until(ct => _chat.Messages.List(Id, PageSize, ct: ct), () => !_isClosed);
        if (page is null) return;
        Window.Replace(page.Messages, page.HasMore, hasNewer: false);
    }

    /// <summary>Loads again what is shown, and no more: the user looks at it.</summary>
    private async Task LoadShown()
    {
        var (first, last) = (Window.Messages[0].Seq, Window.Messages[^1].Seq);
        var shown = new List<Message>();
        var (after, hasNewer) = (first - 1, true);
        while (hasNewer && after < last)
        {
            var page = await Retried.Until(ct => _chat.Messages.List(Id, PageSize, after: $"{after}", ct: ct), () => !_isClosed);
            if (page is null) return;
            shown.AddRange(page.Messages);
            (after, hasNewer) = (page.Messages.Select(message => message.Seq).Append(after).Max(), page.HasMore);
        }
        Window.Replace(shown, Window.HasOlder, hasNewer);
    }

    private async Task LoadPins() =>
        Pins = (await Retried.Until(ct => _chat.Rooms.ListPins(Id, ct), () => !_isClosed))?.Pins ?? [];

    private async Task Page(Message from, Func<string, CancellationToken, Task<MessagePage>> list, Action<MessagePage> add)
    {
        if (_fetching > 0) return;
        try
        {
            await Fetch(async () =>
            {
                var page = await list(from.Id, CancellationToken.None);
                // Another part may be shown meanwhile.
                if (Window.Messages.Any(message => message.Id == from.Id)) add(page);
            });
            Tell();
        }
        catch (Exception error) when (error is HttpRequestException or ChatApiException)
        {
            // Scrolling asks again.
        }
    }

    private void Apply(StreamEvent change)
    {
        if (_fetching > 0)
        {
            _early.Add(change);
            return;
        }
        switch (change)
        {
            case RoomListSnapshot or RoomSnapshot:
                _ = Reload(change as RoomSnapshot);
                return;
            case StreamReset { Reason: StreamReset.RoomDeleted, RoomId: { } deleted } when deleted == Id:
            case MemberChanged { Change: MemberChanges.Left } left when left.RoomId == Id && left.UserId == Me:
                IsOver = true;
                break;
            case RoomEvent of when of.RoomId == Id:
                Apply(of);
                break;
            default:
                return;
        }
        Tell();
    }

    private void Apply(RoomEvent change)
    {
        switch (change)
        {
            case MessageChanged { Change: MessageChange.Created, Message: var message }:
                Take(message);
                break;
            case MessageChanged { Message: var message }:
                Window.Put(message, IsAtEnd);
                _quoted.Put(message);
                break;
            case ReactionChanged reaction:
                Window.Apply(reaction);
                break;
            case MemberChanged { Change: MemberChanges.Left } left when Room is not null:
                Room = Room with { Members = [.. Room.Members.Where(member => member.UserId != left.UserId)] };
                break;
            case RoomChanged:
                _ = LoadPinsAndTell();
                break;
            default:
                break;
        }
        if (change is TypingChanged) return;
        TakeListed();
        MarkRead();
    }

    /// <summary>The list knows more than the events say, such as the names of new members, as soon as it has asked for it.</summary>
    private void TakeListed()
    {
        if (_rooms.Find(Id) is not { Room: var listed } || ReferenceEquals(listed, _listed)) return;
        if (IsOver || Refusal is not null)
        {
            // The user was brought back.
            (IsOver, Refusal, _listed) = (false, null, listed);
            _ = Load();
        }
        if (Room is null) return;
        _listed = listed;
        Room = Merged(listed);
        _counts = new ReadCounts(Room.Members);
        Tell();
    }

    /// <summary>The list of rooms has only the first members of a large group.</summary>
    private Room Merged(Room listed)
    {
        if (listed.Members.Count >= listed.MemberCount || Room is null) return listed;
        var newer = listed.Members.ToDictionary(member => member.UserId);
        var known = Room.Members.Select(member => newer.Remove(member.UserId, out var changed) ? changed : member);
        return listed with { Members = [.. known, .. newer.Values] };
    }

    private void Take(Message message)
    {
        var isNew = message.Seq > (Window.Messages.Count > 0 ? Window.Messages[^1].Seq : 0);
        Window.Put(message, IsAtEnd);
        if (!isNew) return;
        if (message.UserId == Me)
        {
            FirstUnread = 0;
            return;
        }
        if (!IsAtEnd || Window.HasNewer) NewBelow++;
        else Announced = message;
    }

    private async Task LoadPinsAndTell()
    {
        try
        {
            await LoadPins();
            Tell();
        }
        catch (ChatApiException)
        {
            // The user is no member any more: the room's own event says so.
        }
    }

    /// <summary>Events were missed.</summary>
    private async Task Reload(RoomSnapshot? snapshot)
    {
        if (snapshot is not null && snapshot.Room.Id != Id) return;
        await Load();
    }
}
