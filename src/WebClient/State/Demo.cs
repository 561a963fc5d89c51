using System.Net.Http.Json;
using System.Security.Cryptography;
using BigTech.WebClient.Browser;

namespace BigTech.WebClient.State;

/// <summary>What the server says about the demo.</summary>
internal sealed record DemoAnswer(bool IsOffered);

/// <summary>
/// A chat to look at on a server without users: this browser's user and two friends, made by the API as by any other client. The passwords
/// of the friends are forgotten with the page.
/// </summary>
/// <param name="site">Where the client was loaded from.</param>
public sealed class Demo(Uri site, Account account, Texts texts) : IDisposable
{
    private static readonly TimeSpan Typing = TimeSpan.FromSeconds(2);

    // The users of the demo are separate clients: they share nothing with the session of this browser.
    private readonly HttpClient _http = new() { BaseAddress = new Uri(site, "api/") };

    /// <summary>Whether the server offers it.</summary>
    public async Task<bool> IsOffered()
    {
        try
        {
            return (await _http.GetFromJsonAsync(new Uri(site, "demo.json"), WebClientJson.Default.DemoAnswer))?.IsOffered == true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Makes the users and their rooms, and signs in.</summary>
    /// <exception cref="ChatApiException">The server refuses.</exception>
    public async Task Start()
    {
        var you = NewRegistration("you", texts["demo.you"]);
        using var user = await SignUp(you);
        var minji = await SignUp(NewRegistration("minji", texts["demo.minji"]));
        using var david = await SignUp(NewRegistration("david", texts["demo.david"]));
        foreach (var friend in new[] { minji, david })
        {
            var request = await user.Friends.Request(friend.Session.UserId);
            await friend.Friends.Accept(request.Id);
        }
        await FillGroup(user, minji, david);
        var room = (await minji.Rooms.OpenDirect(user.Session.UserId)).Id;
        await minji.Messages.Send(room, texts["demo.hello"]);
        var answer = await user.Messages.Send(room, texts["demo.answer"]);
        await minji.Messages.AddReaction(answer.Id, "👍");
        await user.Account.SignOut();
        await david.Account.SignOut();
        await account.SignIn(you.Email, you.Password);
        _ = SayHello(minji, room);
    }

    public void Dispose() => _http.Dispose();

    private async Task FillGroup(ChatClient user, ChatClient minji, ChatClient david)
    {
        var group = (await david.Rooms.CreateGroup(texts["demo.group"], [user.Session.UserId, minji.Session.UserId])).Id;
        var first = await david.Messages.Send(group, texts["demo.hike"]);
        await david.Messages.Pin(first.Id);
        await minji.Messages.Send(group, texts["demo.another_day"]);
        await david.Messages.Send(group, texts["demo.lunch"]);
    }

    /// <summary>A message that comes while the user looks.</summary>
    private static async Task SayHello(ChatClient minji, long room, string text)
    {
        using (minji)
        {
            await Task.Delay(Typing);
            await minji.Rooms.ShowTyping(room);
            await Task.Delay(Typing);
            await minji.Messages.Send(room, text);
            await minji.Account.SignOut();
        }
    }

    private async Task SayHello(ChatClient minji, long room)
    {
        try
        {
            await SayHello(minji, room, texts["demo.live"]);
        }
        catch (Exception error) when (error is HttpRequestException or ChatApiException)
        {
            // The rooms are there without it.
        }
    }

    private async Task<ChatClient> SignUp(Registration registration)
    {
        var client = new ChatClient(_http);
        await client.Account.Register(registration);
        await client.Account.SignIn(registration.Email, registration.Password);
        return client;
    }

    private static Registration NewRegistration(string name, string displayName)
    {
        var username = $"{name}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var password = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}-D1";
        return new Registration($"{username}@example.com", username, password, displayName);
    }
}
