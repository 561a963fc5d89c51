namespace BigTech.WebClient.State;

/// <summary>Messages to which others reply and which are not shown themselves. They are fetched one after the other.</summary>
public sealed class QuotedMessages(ChatClient chat, long roomId) : Observable
{
    private readonly Dictionary<string, Message?> _messages = [];
    private Task _last = Task.CompletedTask;

    /// <summary>A message; null until it is here.</summary>
    public Message? Find(string id)
    {
        if (_messages.TryGetValue(id, out var message)) return message;
        _messages[id] = null;
        _last = Fetch(id, _last);
        return null;
    }

    /// <summary>Takes a newer version of a message that is quoted.</summary>
    public void Put(Message message)
    {
        if (_messages.ContainsKey(message.Id)) _messages[message.Id] = message;
    }

    private async Task Fetch(string id, Task before)
    {
        await before;
        try
        {
            var page = await chat.Messages.List(roomId, limit: 1, around: id);
            _messages[id] = page.Messages.FirstOrDefault(message => message.Id == id);
            Tell();
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // The next drawing asks again.
            _messages.Remove(id);
        }
        catch (ChatApiException)
        {
            // It cannot be had.
        }
    }
}
