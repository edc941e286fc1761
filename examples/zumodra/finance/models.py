from django.db import models


class Invoice(models.Model):
    customer = models.ForeignKey("crm.Customer", on_delete=models.PROTECT)
    cents = models.IntegerField()
