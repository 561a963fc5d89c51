using BigTech.Contracts.Users;
using BigTech.Notifications.Storage;
using BigTech.Platform.Sql;

namespace BigTech.Notifications.Consumers;

/// <summary>Keeps this context's names of people up to date from user.events.</summary>
internal sealed class UserProfiles(NotificationUserReadModel users)
{
    public void On(UserRegistered e, UnitOfWork work) => users.Save(work, e.UserId, e.Username, e.DisplayName, e.CreatedAt);

    public void On(UserProfileUpdated e, UnitOfWork work) => users.Save(work, e.UserId, e.Username, e.DisplayName, e.UpdatedAt);
}
